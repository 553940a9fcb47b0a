"""Threats against people: plain ones, and veiled ones that hang on the mood they are said in.

The models hear insults well, but a threat is often said in calm words ('tell him to watch his
back'). So its words are looked for: somebody who will do something to somebody here. What is done
to a queue, a price or a husband at home ('id kill for those boots') is none.
"""
# ruff: noqa: E501 - a pattern is easier to read and to mend in one line

import re


def threatens(text: str, *, grim: bool) -> bool:
    """Whether a text threatens somebody; veiled words ('he will be sorry') only in a grim mood."""
    folded = re.sub("[’'`´]", "", text.lower())
    if _CUE.search(folded) is not None and any(p.search(folded) for p in _PLAIN):
        return True
    return grim and any(pattern.search(folded) for pattern in _VEILED)


_STAFF = (
    r"(?:driver|courier|delivery|postman|guy|man|bloke|fella|lad|boy|woman|lady|girl|person|idiot|moron|cow|bitch|bastard|"
    r"manager|boss|owner|staff|team|cashier|clerk|assistant|rep|agent|operator|receptionist|nurse|doctor|dentist|vet|"
    r"technician|mechanic|plumber|stylist|barber|groomer|trainer|coach|teacher|waiter|waitress|barista|chef|cook|baker|"
    r"worker|employee|people|colleague|lot|crew|fitter|engineer|cleaner|tutor|instructor|guard|security)s?"
)
_HE = r"(?:you|u|he|she|they|youse)"
_HIM = r"(?:you|u|ya|y ?all|him|her|them)"
_HIS = r"(?:your|ur|his|her|their)"
_HERE = rf"(?:your|ur|the|that|this|those|one of your) (?:\w+ ){{0,2}}?{_STAFF}"
_SOMEBODY = rf"(?:{_HIM}|whoever|every ?(?:one|body) (?:of you|there|in)|all of you|{_HERE})\b"
_ME_WILL = (
    r"(?:\b(?:i|we|some ?(?:one|body))(?: am| m| are| re)?|\bim|\bid|\bill|\bwell|\bwed|\bwere|\blet me|\bso i can|\b(?:before|till|until) i|\bgonna)"
    r"(?: (?:will|shall|would|could|might|may|should|ought to|can|am|want to|wanna|gonna|going to|about to|have to|ready to|"
    r"have half a mind to|swear(?: to god)?(?: ill| i will)?|so|just|really|literally|actually|honestly|fucking|personally|happily|"
    r"gladly|(?:come|drive|go) (?:(?:down|over|round|there|in) )*(?:and|to)))*"
)
"""Who threatens, up to the verb: 'i swear i will', 'im gonna', 'somebody should'."""
_HARM = (
    r"(?:kill|murder|hurt|harm|punch|slap|smack|stab|shoot|strangle|choke|throttle|bash|batter|beat(?: up)?|thump|whack|"
    r"clobber|deck|headbutt|kick|hit|knock out|run over|bury|gut|skin|destroy|end|slit|spit on|smash|break|snap|crush|"
    r"flatten|drown|ruin|hunt|jump)"
)
_NOT_MEANT = r"(?! (?:up|with|back|over|to it|to the|there|on price|an?|some|the|my|feelings?|prices?|quotes?|record|down an?)\b)"
"""After the verb and 'you': 'hit you up', 'shoot you a quote', 'beat you to it'."""
_BODY = (
    r"(?:necks?|faces?|teeth|heads?|legs?|arms?|fingers?|hands?|skull|nose|jaw|kneecaps?|knees?|throat|bones?|ribs?|ass|arse|"
    r"butt|lights|brains?)"
)
_PLACE = (
    r"(?:shop|store|place|office|building|house|home|windows?|windscreen|doors?|tyres|tires|car|van|truck|bike|branch|"
    r"warehouse|clinic|salon|studio|restaurant|cafe|gym)"
)
_LIVES = r"(?:lives?|parks?|works?|sleeps?|drinks?|goes? to school|hangs? out)"
_ENDS = r"(?=\W*$|[.,!;?]| (?:so|if|btw|mate|pal|bro)\b| and (?:i|ill|he|she|you)\b)"

_VIOLENCE = (
    "|".join(
        (
            rf"{_HARM} {_SOMEBODY}{_NOT_MEANT}",
            rf"(?:break|snap|smash|knock|punch|kick|rip|wring|bash|slit|crack|bust|cut|blow|tear|stamp on|stomp on)(?: in| out| off)? {_HIS} (?:\w+ )?{_BODY}\b",
            rf"(?:burn|blow|shoot|torch|bomb|firebomb|smash|trash|wreck|slash|slit|set fire to)(?: up| down| in)? (?:that|this|the|every|{_HIS})(?: \w+)? {_PLACE}\b(?! (?:price|sale))",
            rf"(?:put|send) {_SOMEBODY} (?:in|to|into) (?:the |an? )?(?:hospital|ambulance|ground|grave|morgue|coffin|wheelchair|er)\b",
            rf"(?:make|have) {_SOMEBODY} (?:regret|suffer|bleed|beg for|beaten|wish {_HE} (?:had )?(?:never|hadnt))",
            rf"(?:teach {_SOMEBODY} a lesson|(?:sort|mess|fuck) {_SOMEBODY} (?:out|up)\b(?! with)|take it out of {_HIS} hide)\b",
            rf"(?:get|wrap|put|lay) my hands (?:on|round|around) (?:you|him|her|whoever|{_HERE}|that \w+|{_HIS} (?:throat|neck))\b(?=\W*$|[.,!?]| (?:who|did|i|when|there|today|tonight))",
        )
    ),
    r"\b(?:set|setting|let|letting) (?:my|the) dogs? (?:on|loose on) (?:you|him|her|them|your)\b",
)
_WARNINGS = (
    rf"(?:^|[.,!?]\W*|\b(?:tell|better|should|best|gotta|wanna|want to|ought to|hope|warn)\b(?: (?!my\b)\w+){{0,3}} )(?:watch|look over) {_HIS}(?: own)? (?:backs?|shoulders?)\b(?! (?:pain|problem|support|when))",
    r"\bsleep with one eye open\b",
    rf"\b(?:get|gets|has|have|got)(?: \w+){{0,2}} (?:whats|what is|it|that) coming to {_HIM}\b",
    rf"\b(?:{_HE}|youll|ull|hell|shell|theyll)(?: (?:will|is|are|gonna|going to|be))* (?:leav\w+|end(?:ing)? up|go(?:ing)?) (?:here |there |home )?(?:in|to) (?:an? |the )?(?:ambulance|body ?bag|coffin|morgue|stretcher|wheelchair)\b",
    (
        rf"(?:\b{_HE}|\bsome ?(?:one|body)|{_SOMEBODY})(?: (?:all|really|just))* (?:deserves?|needs?|should be|ought to be|should get) (?:to be |to get )?(?:an? )?(?:good |proper |serious )?"
        r"(?:beating|slap|slapping|slapped|shot|punched|hanged|stabbed|kicking|hiding|smack|smacked|bashed|beaten(?: up)?|hit in the)\b"
    ),
    rf"\b(?:i|we)(?: all)? know where (?:{_HE}|ya|{_HERE}|{_HIS} \w+)(?: (?:\w+ )?(?:all|kids?|family|wife|mother|mum|mom))* {_LIVES}{_ENDS}",
    rf"\b(?:i|we)(?: all)? know (?:what|which) \w+ (?:{_HIS}|{_HERE}s?) (?:\w+ )?(?:kids?|children|daughter|son|wife|family) ",
    rf"\b(?:find out|looked up|look up) (?:where {_HE} (?:live|lives)|{_HIS} (?:home )?address)\b",
    r"\b(?:messed|messing|screwed|fucked|fucking|mess) with the wrong (?:person|guy|man|woman|girl|one|family|people|customer)\b",
    rf"\bsorry {_HE} (?:ever )?(?:crossed|messed with|met) (?:me|us)\b",
    r"\b(?:when|once|after|by the time) (?:im|i am|were|we are) (?:done|finished|through) with (?:you|u|him|her|that \w+|your \w+)\b",
)
_CURSES = (
    (
        rf"\b(?:i )?(?:hope|wish|pray)(?: \w+){{0,2}}? (?:{_HE}|some ?(?:one|body)|your (?:kids?|family|\w+))(?: (?:all|lot|people|guys|two|will|would|get to|and your \w+))* "
        r"(?:dies?|died|burns?|chokes?|crash|crashes|rots?|gets? (?:hit by|shot|hurt|run over|robbed|stabbed|beaten|cancer)|shoots?|kills?)\b(?! down$)"
    ),
    r"\bkill (?:your|ur) ?sel(?:f|ves)\b|\bkys\b|\bneck yourself\b|\bdie in a (?:fire|hole|ditch)\b",
)
_PLAIN = tuple(
    re.compile(pattern)
    for pattern in (rf"{_ME_WILL} (?:{_VIOLENCE[0]})", *_VIOLENCE[1:], *_WARNINGS, *_CURSES)
)

_VEILED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:youll|ull|hell|shell|theyll|{_HE} will|youre (?:going to|gonna)|(?:hes|shes|theyre) gonna) (?:\w+ )?(?:regret|be sorry|pay for (?:this|that|it)|suffer|find out what)\b",
        rf"\b(?:better|should|needs? to|tell (?:{_HIM}|your \w+) to|lucky|hope|pray|dont let me)(?: \w+){{0,3}} (?:be careful|careful|watch out|watch (?:himself|herself|yourself|it)|run|hide|lock {_HIS} doors?|never meet|dont meet|dont see|never see|not meet|not be there|catch {_HIM})\b",
        r"\b(?:dont|do not|never) (?:want to|wanna) (?:know|find out|see)(?: \w+){0,2} (?:what|how)\b|\b(?:no idea|dont know|show (?:you|him|her)) what (?:im|i am) capable of\b|\bwho (?:youre|ur|you are|u are) (?:messing|dealing) with\b",
        r"\bdont make me (?:come|drive|do (?:something|anything)|get (?:violent|nasty|physical))\b",
        r"\b(?:coming|come|be|drive|driving) (?:\w+ ){0,3}(?:with|and bring(?:ing)?) (?:my|a few|some|the) (?:brothers?|cousins?|boys|mates|lads|friends|crew|family|uncles?|husband|dad|bat|dog)\b",
        rf"\b(?:pay|paying) (?:{_HIM}|your \w+)(?: \w+){{0,2}} a (?:little )?visit\b",
        r"\b(?:wont|not gonna|not going to|aint gonna) be (?:so |very |too )?(?:friendly|pretty|nice|smiling|walking|laughing|polite)\b",
        r"\b(?:have|got|own|bring|bringing|carry|carrying|getting|with|grab|loaded) (?:a|my|the) (?:\w+ )?(?:gun|knife|baseball bat|machete|shotgun|rifle|pistol|blade|crowbar|hammer|petrol|gasoline)\b",
        rf"\b(?:get|getting|got) (?:hurt|hurting)\b|{_ME_WILL} (?:come )?(?:and )?find (?:you|u|him|her|out who)(?=\W*$|[.,!]| (?:and|all|one day|did))",
        rf"\b(?:i|we) know {_HIS} (?:address|face|name|car|kids?|family|plates?|number ?plate)\b",
        r"\b(?:finishes|gets off|leaves|walks? home|clocks? (?:off|out)|knocks off)\b.{0,60}\b(?:coming|careful|waiting for (?:him|her|you)|get (?:him|her))\b|\bwalking home (?:at night|alone)\b",
        rf"\bwaiting (?:outside|in the \w+ ?\w*) for {_HIM}\b|\bill be waiting(?: for {_HIM})?\W*$|\bsee (?:you|u|him|her) (?:outside|tonight)\b",
        rf"\b(?:drop dead|rot in hell|burn in hell|go die|go to hell)\b|\b(?:your|ur|you are|u r|youre|hes|shes) (?:a |so )?dead(?: man| meat| woman)?(?=\W*$)|\bfix it or ill fix {_HIM}\b",
        rf"{_ME_WILL} (?:come|be|drive|head|go) (?:\w+ ){{0,3}}(?:there|over|down|round|in|to your \w+)\b.{{0,40}}\b(?:regret|sorry|face to face|pay|sort|fight|settle|see how|drag|deal with)\b",
    )
)  # fmt: skip

_CUE = re.compile(
    r"\b(?:kill|murder|hurt|harm|punch|slap|smack|stab|shoot|shot|strangl|chok|throttl|bash|batter|beat|thump|whack|clobber|deck|"
    r"headbutt|kick|hit|knock|run over|bury|gut|skin|destroy|end|slit|spit|smash|break|snap|crush|flatten|drown|ruin|hunt|jump|"
    r"rip|wring|crack|bust|cut|blow|tear|stamp|stomp|burn|torch|bomb|firebomb|set|trash|wreck|slash|hospital|ambulance|ground|"
    r"grave|morgue|coffin|wheelchair|er\b|regret|suffer|bleed|beg|wish|lesson|sort|mess|fuck|hide|hiding|my hands|back|shoulder|"
    r"one eye|coming to|body ?bag|stretcher|hang|know wh|look up|looked up|find out|wrong|sorry|done|finished|through|hope|pray|"
    r"kys|neck|die|let)"
)
"""A plain threat has one of these: most texts have none, and are looked through once."""
