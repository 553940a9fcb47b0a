"""Words that a free wording may add to what a statement says, without stating anything more.

They are weighed less strictly than the words of :data:`agent.replies.light.LIGHT`: they may be
added, but where the evidence uses one to tell things apart (``the small room``) it still does.
"""

from agent.replies.light import RISKY
from agent.replies.words import stem

_GROUPS = (
    # what people do with anything
    (
        "try test use using put set aside spread wait stand sit think consider suit "
        "fit work matter "
        "happen become turn move start finish stop end continue change add mention "
        "ask tell say speak "
        "talk hear listen read write look watch see view find search discover show "
        "prove explain guide "
        "follow lead bring carry pack grab catch hand pass drop leave stay remain keep hold store "
        "place lay enter exit walk drive ride head travel reach approach visit swing stop pop step "
        "get obtain secure snap claim collect fetch order request submit send forward post share "
        "prepare organise organize arrange sort handle manage run deal treat look-after care serve "
        "host welcome greet meet join attend participate take-part sign enjoy love "
        "like prefer fancy "
        "choose pick select decide opt settle switch swap pay spend owe charge bill cost save earn "
        "open close help assist support advise recommend suggest plan allow let "
        "permit enable count "
        "apply cover contain consist comprise feature boast come go pan-out amount "
        "total equal last "
        "stretch extend run complete fill check verify confirm mean imply depend "
        "rely trust believe "
        "expect hope aim intend want need require call ring dial phone text email message contact"
    ),
    # generic things
    (
        "thing stuff bit part piece jar pack packet bottle lot bunch couple group "
        "party folk folks guy people person someone "
        "anyone everyone kid kiddo adult visitor guest client customer user buyer reader learner "
        "case situation matter reason way manner method kind sort type version form "
        "level area spot "
        "place side end point step moment time while day period stretch window deal offer choice "
        "option alternative possibility chance opportunity solution answer info "
        "detail fact idea tip "
        "hint page site web website address location house building home front door "
        "desk counter team "
        "staff crew colleague folks rate price pricing cost fee charge bill figure sum "
        "amount number total limit maximum minimum set range variety selection size "
        "length duration "
        "timing hours schedule slot session round trip stop start beginning purpose rule policy "
        "arrangement term condition proof notice warning head name"
    ),
    # how anything is
    (
        "able happy ready set good great best better fine nice lovely perfect ideal "
        "popular favourite "
        "favorite suitable handy convenient useful helpful easy simple "
        "straightforward quick fast swift "
        "slow long longer short shorter big bigger large larger great small smaller "
        "little high higher "
        "deep wide tall thick heavy old low lower cheap cheaper near nearer nearest "
        "close closer closest far further farther away "
        "beyond separate separately various several different similar same exact exactly actual "
        "real true right correct wrong usual normal regular standard typical common "
        "general particular "
        "special specific certain main individual personal whole entire complete extra additional "
        "further other another next previous last latest recent former current "
        "present sooner later "
        "soonest earliest anymore longer nowadays yet already still just only even "
        "simply really quite "
        "pretty fairly rather very too so well also though although however therefore thus hence "
        "otherwise instead besides moreover plus furthermore meanwhile afterwards "
        "afterward beforehand "
        "together apart alone straight directly right round around about roughly "
        "approximately nearly "
        "almost exactly precisely at-least basically mostly mainly usually "
        "generally normally typically "
        "maybe perhaps possibly probably likely hopefully anyway anyhow "
        "gone over done sole solely purely merely strictly"
    ),
    # questions restated, talk about the talk
    (
        "question answer wonder curious keen worry concern problem issue trouble luck rush "
        "hurry hassle fuss stress gear bother afraid sorry glad happy unlucky bad "
        "sad good shame pity "
        "sound news info update note reminder remember forget aware mind regard regarding concern "
        "concerning"
    ),
)
FREE = frozenset(stem(word) for group in _GROUPS for word in group.split()) - RISKY
"""Stems that state nothing by themselves where values, names and subject are held."""
