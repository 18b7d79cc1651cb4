"""English words that speak of crime; what each table means stands in the package."""

from __future__ import annotations

from typing import Final

STATES: Final = """
        registered sex offender / is doing time / doing time for / doing time in / been in
        prison / did prison time / got charged / got
        convicted / i was in jail / dealing drugs / sold drugs / selling drugs / got
        arrested / been arrested / {my} arrest / arrested me / arrested my / been convicted
        / {my} conviction / felony conviction / have a felony / has a felony / {my} felony /
        with a felony / am a felon / i'm a felon / on probation / out of prison / left
        prison / out of jail / county jail / prison record / served time / did time / years
        for dealing / {my} dui / {my} dwi / a dui / got a dwi / dui last / dui in / dui on /
        dui from / two duis / pressing charges / charged me with / out on bail / on bail /
        made bail / {my} court date / abusive husband / abusive ex / abusive boyfriend /
        abusive relationship / abusive marriage / hit me and / was rape / got assaulted /
        were assaulted / was molested / stalking me / {my} stalker / got mugged / was mugged
        / caught shoplifting / for shoplifting / of shoplifting / ankle monitor / expunged /
        expungement / expunge / warrant out / warrant for {my} / pled guilty / {my} parole
        officer / {my} probation officer / ex con / ex convict / juvie / with possession / i
        stole / embezzled / did four years / did five years / did three years / did two
        years / did six years / did ten years / did a year for / years for burglary / years
        for robbery / years for fraud / years for assault / years for drugs / stalked me /
        parole officer / raided our / raided my / raided {my} / locked up until / is locked
        up / was locked up / been locked up / misdemeanors like / {my} record / {my} mugshot
        / {my} sentence / {my} bail / {my} parole / {my} probation / {my} trial / {my}
        abuser / {my} rapist / {my} misdemeanor* / {my} felon* / {my} arrest* / {my}
        conviction* / hits me and / hits me when / he hits me / she hits me / hit me last /
        caught with weed / caught with drugs / caught with coke / caught with cocaine / got
        caught with / attacked me / was attacked / got attacked / been attacked / beaten up
        / got jumped / jumped me / broke in and / threatened me with / pulled a knife /
        pulled a gun / held up at gunpoint / at gunpoint / at knifepoint / got robbed /
        stabbed / was shot / got shot / was murdered / was killed by / manslaughter /
        attempted murder / hits us / hit us / hitting me / choked me / violent ex / violent
        husband / violent partner / escaped my / fleeing my / fled my / women's shelter /
        domestic shelter / {my} charges / {my} warrant / have a warrant / has a warrant /
        open warrant / on remand / {my} public defender / {my} plea / got probation / got
        parole / got sentenced / was sentenced / been sentenced / sentenced to prison /
        sentenced to jail / sentenced to ten / sentenced to five / sentenced to two /
        awaiting trial / awaiting sentencing / got busted / was busted / raided by / got out
        in / just got out of / got out of prison / released from prison / released from jail
        / back in jail / a record from / with a record / have a record / has a record /
        criminal conviction / juvenile record / spent convictions / unspent conviction / dbs
        with a conviction / committed fraud / stole from my employer / money laundering
        charge* / husband beats / husband hits / boyfriend beats / boyfriend hits / wife
        hits / partner hits / ex stalks / stalks me / being investigated for / under
        investigation for / groped me / groped / hits my mom / hits my mother / beats my mom
        / beats my mother / hit my mom / domestic abuser / threatens to kill / sent to
        prison / in and out of jail / did six months / did two months / prior conviction /
        priors
    """

CONCERNS: Final = """
        jailed / jail / jailtime / cops raided / cops came / found guilty / pleaded / child
        abuse / sexual abuse / physical abuse / harassed / sexual harassment / armed robbery
        / charged for / stole from / out on bail / gang member / court ordered community
        service / shoplifter / prison / arrested / dui / dwi / parole / convicted /
        assaulted / shoplifting / arrested for / convicted of / was convicted / was arrested
        / were arrested / get arrested / felony / a felon / convicted felon / misdemeanor /
        in prison / to prison / from prison / in jail / to jail / from jail / behind bars /
        jail time / prison time / years in prison / charged with / criminal charges /
        criminal charge / facing charges / sex offender / domestic violence / domestic abuse
        / raped / sexual assault / sexually assaulted / was assaulted / been assaulted /
        indicted / incarcerated / incarceration / court date / drunk driving / plea deal /
        pleaded guilty / plead guilty / drug charges / drug charge / on parole / beats me /
        beat me / for possession / caught stealing / sexually abused / criminal record /
        criminal history / prison sentence / pressed charges / press charges / charged him
        with / charged her with / restraining order / house arrest / served six years /
        served five years / served two years / served three years / served four years /
        served ten years / bail bond / locked up / burglary / raided / police raid / search
        warrant / stalked / stalking / stalker / parole* / probation officer / hits me /
        choked me / threatens me / threatened to kill / abusive / abused / abuser / molest*
        / rape* / assault* / trafficking / trafficked / misdemeanor* / felon* / felonies /
        convict* / indict* / incarcerat* / imprison* / inmate / convict / juvenile detention
        / court ordered / tax evasion / fraud charge* / embezzl* / forgery / shoplift* /
        dui* / dwi* / owi / reckless driving / hit and run / drug charge* / dealing drugs /
        sold weed / mugg* / victim of / police report / restraining / protective order /
        expung* / record sealed / record cleared / ankle monitor / sentencing / arrest /
        arresting officer
    """

LABELS: Final = """
        felon / ex con / ex felon / convict / fugitive / incarcerated
    """
