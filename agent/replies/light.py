"""Words the guard weighs apart: those a paraphrase may add, and those it never may."""

from agent.replies.paraphrase import in_other_words
from agent.replies.words import stem


def _stems(words: str) -> frozenset[str]:
    return frozenset(stem(word) for word in f"{words} {in_other_words(words)}".split())


LIGHT = _stems(
    """please sure happy help glad note just simply easy easily quick quickly usually normally
    typically general generally currently offer offers provide provides accept accepts allow
    allows able let know find see check visit look choose pick option options way ways kind type
    bring send come comes arrive arrives expect expected reach contact start starts begin run
    runs include takes take last lasts make made customer customers people person anyone
    everyone time times place places thing item items product piece pieces order purchase buy
    bought question questions answer detail details info information website site page online
    link here there reply text message tell told keep kept hold holds head over get back work
    works done good fine great welcome thanks thank hi hello hey sorry right away plan want wish
    like need needs needed needless require required requirement cost costs price priced total
    amount date day days call us team staff colleague shop store location located address spot
    range between per each within follow following also well still next first then additional
    unfortunately otherwise beyond due add around approximately roughly least together
    plus minus sign lead teach guide host manage handle hold occur happen situate sit join attend
    own speak talk meet age current session possible final
    ones give gives pay pays paid travel along later way event visit man woman folks expect drop
    leave yourself
    themselves ourselves useful worth becomes simple straight whole entire else soon actually
    altogether overall normal regular right spend spent chance case head pop fetch grab stay
    sort arrange involve mean means belong request mention enjoy love lovely nice perfect afraid
    careful aware remember rather instead anyway already currently
    apply applies applied count counts qualify eligible receive received apiece long period
    window timeframe turnaround carry carries sell sells sold come bear feature features"""
)
"""Stems that a true paraphrase may add: they state nothing by themselves."""

RISKY = _stems(
    """available availability fee free guarantee guaranteed refund refunded discount discounted
    today tonight tomorrow immediately instantly always never every everything all any anytime
    anywhere only lifetime unlimited full fully complimentary gift bonus extra promise promised
    definitely certainly forever double triple half best cheapest lowest highest largest biggest
    fastest newest safe certified approved licensed insured waive waived exclusive automatic
    automatically credit voucher coupon code sale deal save saving savings cashback compensate
    compensation reimburse match upgrade priority overnight express same-day next-day weekend
    weekday weekends weekdays morning afternoon evening night holiday holidays worldwide
    international internationally nationwide abroad organic vegan gluten-free waterproof online
    in-store upfront deposit tax taxes tip member members vip gold silver platinum student
    senior children adult men women new used partial except excluding include includes included
    including minimum maximum warranty cure heal prevent open close closed early late before
    after half-price early-bird mandatory optional online indoors outdoors upstairs downstairs
    left right north south east west fresh frozen cash card cards cheque check twice once weekly
    daily monthly yearly annual annually hourly exchange store-credit replacement replace loan
    rental rent trial creditcard"""
) - _stems("day week month year")
"""Stems that promise, limit or tell things apart: the evidence's own statement must hold each."""
