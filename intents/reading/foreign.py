"""Texts in languages that the encoder does not read: is there a word about ending texts at all?

The encoder knows English, and takes what it cannot read for near to the opt-outs of its training.
So where a text is plainly in another language, a wish to end texts must show in a word of that
language about messages, numbers, leaving or being left alone; without one it is none. Words that
are there settle nothing: what the head says of the text then stands.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

_COMMON: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "es": """
            el los las una unos es esta estan mi mis su de del que para por con como cuando
            donde hola gracias buenos buenas dias tardes si muy pero quiero quisiera puedo
            pueden tienen hay mañana hoy necesito ya al lo le les me te se nos cuanto vale listo
            yo talla bueno""",
        "fr": """
            le les un une des du de la est et je tu vous nous il elle pour avec dans sur que qui
            quoi quand où bonjour bonsoir merci oui non mon ma mes votre vos c'est j'ai pas ne
            se au aux bien suis avez puis à ça svp d'accord salut ok""",
        "de": """
            der die das den dem ein eine einen ist sind ich du sie wir ihr mein meine mit für
            und oder nicht auch noch wie wann wo was hallo danke bitte ja nein morgen heute kann
            können haben habe hat zu im am um auf bei guten tag passt gerne""",
        "pt": """
            o os as um uma é está estão meu minha seu sua de do da que para pra por com como
            quando onde olá oi obrigado obrigada bom boa dia tarde sim não mas quero posso tem
            vocês voce você amanhã hoje preciso já ao no na nos quanto fica até""",
        "it": """
            il lo gli una è sono mio mia di del della che per con come quando dove ciao grazie
            buongiorno buonasera sì non ma vorrei posso avete ho ha domani oggi già al nel
            quanto va bene ok perfetto ci si ancora ora""",
        "nl": """
            de het een is zijn ik jij je u wij jullie mijn met voor en of niet ook nog hoe
            wanneer waar wat hallo dank bedankt graag ja nee morgen vandaag kan kunnen heb heeft
            te op bij om goed tot straks hoi naar van zeker""",
        "pl": """
            jest są ja ty pan pani mój moja z w na do i lub nie też jeszcze jak kiedy gdzie co
            dzień dobry dziękuję dzieki proszę tak jutro dziś mogę można mam czy się za dla od
            czesc cześć ok po""",
        "tl": """
            ang ng mga sa po opo ako ikaw ka ba ko mo naman pa na ito yung iyong nyo niyo kayo
            kami salamat magandang umaga magkano saan kailan paano oo hindi wala meron pwede
            lang din rin si ni kung kasi""",
        "vi": """
            tôi mình bạn anh chị em là và của có không cho với ở khi nào đâu gì cảm ơn xin chào
            vâng dạ được ạ nhé còn mai hôm nay bao nhiêu shop đơn hàng này cái""",
        "tr": """
            bir ve bu şu ben sen siz biz mi mı mu için ile ne zaman nerede nasıl merhaba
            teşekkürler teşekkür evet hayır yarın bugün var yok çok lütfen benim kaç miyim iyi
            günler tamam olur değil""",
        "sv": """
            en ett är jag du vi ni min mitt med för och eller inte också hur när var vad hej
            tack ja nej imorgon idag kan har att på till om det den av jeg ikke og er et hvor
            når hvad hva takk mange til""",
        "hi": """
            hai hain kya kab kahan kaise mera meri mere aap tum hum nahi nahin haan ji ka ki ke
            ko se mein me par aur bhi kal aaj bhaiya dhanyavaad shukriya kitna karo kar raha
            chahiye tak aayega wala""",
        "id": """
            saya kamu anda kami dan yang di ke dari untuk dengan apa kapan dimana bagaimana halo
            terima kasih ya tidak besok hari ini bisa ada sudah belum berapa pak bu kak""",
        "ro": """
            este sunt eu noi meu mea cu pentru și si sau nu când unde cum bună buna mulțumesc
            multumesc da mâine maine azi pot vreau aveți aveti la din pe în""",
    }.items()
}  # fmt: skip
"""Frequent words of languages in Latin letters; North Germanic ones share an entry."""

_ENGLISH = frozenset(
    """the a an is are was were be i you he she it we they my your our their to of in on at for with
    and or not no yes do does did can could will would have has had this that these those what when
    where who how why please thanks thank hi hey hello u ur r im dont cant me us get got just so
    but if from up out about all any there here need want order text texts number stop more go ok
    okay am pm been off""".split()  # noqa: SIM905
)

_SCRIPTS = re.compile(
    r"[\u0370-\u03ff\u0400-\u04ff\u0590-\u06ff\u0900-\u097f\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff"
    r"\uac00-\ud7af]"
)
_MOSTLY = 0.5
"""Share of the letters in another script from which on a text is in that script's language."""

_ENDING = re.compile(
    r"""\b(?:stop|unsub|un-sub|subscri|sms|whatsapp|spam|sso?tt?opp?|block|blok|blosk|privacy
    |gdpr|rgpd|dsgvo
    # Spanish and Portuguese
    |alto|basta|ya\sno|no\smas|nao\smais|mensaj|mensag|baja|desuscri|suscri|descadastr|desinscr
    |inscri
    |no\sme\s|no\snos\s|nao\sme\s|me\s(?:deix|deja|quit|saqu|borr|elimin|tir[ea])|dej[ae]n?(?:me
    |nos)?\b
    |deix[ae]m?\b|en\spaz|em\spaz|molest|incomod|bloque|lista|numero|borr[ae]|elimin|remov
    |quit[ea]n?me
    |saquen|sacame|tir[ea]m?\b|par[ae]n?\b|parem|chega|equivocad|errad|notific|avisos|publicid
    |propagand|texto|escrib|escrev|mand|envi
    |olvid|esquec|celular|recib\w*\s(?:nada|mas)|receb\w*\s(?:nada|mais)|quit[ae]nlo
    |sair|cancel\w*\s(?:los|las|os|as|mis|meus)?\s?(?:mensa|sms|text|avis|subs|sus)
    # French
    |arret|desabonn|desinscri|retir|enlev|supprim|laissez|foutez|paix|marre|messag|texto|numero
    |ne\s(?:m|plus)|plus\sde|plus\srien
    |rien\srecevoir|tranquille|contact|ecri|envoy|effac|liste|pub|pas\sinteress|trompe|harc|oubli
    |suffit
    # German, Dutch, North Germanic
    |abmeld|abbestell|austrag|losch|loesch|nachricht|kein|nicht\smehr|nie\swieder|aufhor|aufhoer
    |horen?\ssie|lass|ruhe|nummer|schreib
    |schick|send|benachrichtig|werbung|verteiler|widerruf|widersp|vergess|nix\smehr|reicht
    |schluss|afmeld|uitschrij|bericht|geen|niet\smeer|nooit|hou\sop|houd|ophoud|met\srust
    |verwijder|lijst|meddel|beskjed|besked|ikke\s(?:ha|flere)|eraf|inga|ingen|inte\smer|sluta
    |slut|avsluta|avregistr|avmeld|afmeld|framelding|ta\sbort|lat\smig|slippe|stopp
    # Italian and Romanian
    |cancell|toglie|rimuov|disiscri|smett|messagg|messaj|non\s(?:mi|voglio|scriv|mand|cont)
    |lascia|pace|numero|piu|pubblicit|fine\b|scriv|dezabon|opri|sterge|nu\smai
    # Polish, Turkish, Vietnamese, Tagalog, Indonesian, Hindi in Latin letters
    |wypis|usun|przesta|nie\s(?:chc|pisz|wysyl|zycz)|wiadomo|numer|dosc|spokoj|wiecej|rezygn
    |kontakt
    |iptal|mesaj|istemiyor|gonderme|yazma|cikar|sil(?:in|er)?\b|rahatsiz|yeter|numara|birak
    |bo\sso|huy|ngung|dung\b|dung\s|tin\snhan|nhan\stin|lam\sphien|xoa|nham\sso
    |huwag|wag\b|tigil|tama\sna|alisin|tanggal|burahin|ayoko|ayaw|mensahe|magtext|nagtetext
    |text\b|txt|numero|number|alis|list|mali\s
    |berhenti|jangan|hapus|hentikan|pesan|keluar
    |band\s|bandh|mat\s(?:bhej|kar)|nahi\schahiye|nahin\schahiye|na\sbhej|message|msg|hatao
    |hata\s|bhejna|bhejo|pareshan|bas\s|likhna|dobara
    # Arabic in Latin letters
    |risal|rasa|ra[2q]m|sheel|tib3at|khalas|kafi|bala\s
    )""",
    re.VERBOSE,
)
"""Beginnings of words, without accents."""

_ENDING_ELSEWHERE = re.compile(
    r"стоп|отпи[сш]|відпи[сш]|не\s+(?:пиш|присыл|шл|надсил|хо[чт])|сообщ|повідомл|смс|удал|видал|номер|рассыл|розсил|хватит|досить|"
    r"退订|退訂|停止|别再|別再|不要|取消订阅|取消訂閱|不想|短信|簡訊|消息|訊息|骚扰|騷擾|拉黑|删除|刪除|号码|號碼|"
    r"配信|メッセージ|メール|送らないで|やめて|止めて|解除|不要|迷惑|番号|"
    r"수신|문자|메시지|그만|보내지|차단|번호|거부|삭제|"
    r"إلغاء|الغاء|توقف|وقف|رسائل|رساله|رسالة|لا\s?ت|رقم|احذف|ازعاج|كفى|"
    r"बंद|रोक|हटा|मैसेज|संदेश|मत\s|नहीं चाहिए|नंबर|"
    r"σταματ|μην[υύ]μ|διαγρ|αριθμ|הפסק|הסר|להסיר|הודע|מספר|תפסיק|หยุด|ยกเลิก|ข้อความ|เบอร์"
)

ENDINGS = _ENDING.pattern + _ENDING_ELSEWHERE.pattern
"""All that counts as a word about ending texts, for the recipe of a version."""

_FEW_WORDS = 3


def in_other_script(text: str) -> bool:
    """Whether most letters of a text are in a script that the encoder cannot read at all."""
    letters = sum(c.isalpha() for c in text)
    return len(_SCRIPTS.findall(text)) > _MOSTLY * letters > 0


def is_foreign(text: str) -> bool:
    """Whether a text is plainly in a language that the encoder does not read."""
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return False
    if in_other_script(text):
        return True
    found = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.casefold().replace("’", "'"))
    english = sum(word in _ENGLISH for word in found)
    other = max(sum(word in words for word in found) for words in _COMMON.values())
    other += any(c in "¿¡" or (c.isalpha() and not c.isascii()) for c in text)
    needed = 1 if len(found) <= _FEW_WORDS else 2
    return other >= needed and other > english


_ONE_LETTER = re.compile(r"\W*(\w)(?:\W*\1){3,}\W*", re.IGNORECASE)
"""A finger left on a key: nothing that anybody says."""


@lru_cache(maxsize=1_000)
def may_end_texts(text: str) -> bool:
    """Whether a text may be about ending texts: always true of words that the encoder can read."""
    if _ONE_LETTER.fullmatch(text):
        return False
    if not is_foreign(text):
        return True
    lowered = text.casefold()
    plain = "".join(
        c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c)
    )
    plain = plain.replace("ł", "l").replace("ı", "i").replace("đ", "d").replace("ß", "ss")
    return _ENDING.search(plain) is not None or _ENDING_ELSEWHERE.search(lowered) is not None
