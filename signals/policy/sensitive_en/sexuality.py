"""English words that speak of sex life; what each table means stands in the package."""

from __future__ import annotations

from typing import Final

STATES: Final = """
        been closeted / {my} porn / porn addict / addicted to pornography / came out as /
        came out to / coming out as / coming out to my / coming out to {my} / i'm out to /
        sex life / {my} sexuality / {my} libido / {my} gender identity / open marriage /
        open relationship / addicted to porn / porn addiction / top surgery / bottom surgery
        / started hormones / on hormones / on hrt / started hrt / started testosterone /
        started estrogen / {my} transition / still in the closet / been in the closet / i'm
        in the closet / same sex partner / {my} fetish / {my} kink / dead bedroom / gay dad
        / gay dads / trans daughter / trans son / two moms and / {my} gay / {my} lesbian /
        {my} trans / two dads here / two moms here / two mums here / i like men / i like
        women and / i'm into men / i'm into women / attracted to men / attracted to women /
        attracted to both / on testosterone / on estrogen / {my} wife and i are both women /
        {my} husband and i are both men / haven't slept with my / queer couple / {my}
        deadname / {my} pronouns / we are swingers / we're swingers / {my} boyfriend and i
        are gay / as a queer / both women) / both men) / both women / both men / came out
        last / came out this / came out two / came out in / came out at / came out when /
        came out after / just came out / has come out / recently came out / i came out / he
        came out / she came out / transitioning / {my} top surgery / {my} wife is trans /
        gay son / lesbian daughter / gay brother / gay uncle / {my} bisexual / {my} queer /
        as a gay / as gay / as lesbian / lesbian wedding / gay wedding / haven't had sex /
        have sex / having sex / had sex / sex addict / sex addiction / cheated on {my} /
        cheating on {my} / sexless marriage / having an affair / had an affair / are two men
        / are two women / are both men / are both women / both lesbians / both gay / two gay
        / {my} affair / {my} mistress
    """

CONCERNS: Final = """
        addicted to porn / closeted / homosexual / bisexual / transgender / lesbian /
        lesbians / polyamory / lgbt / lgbtq / viagra / gender dysphoria / gay marriage /
        same sex marriage / gay couple / lesbian couple / sexual orientation / trans woman /
        trans man / trans women / trans men / trans kid / gay friendly / same sex couple /
        sex worker / sex work / erectile dysfunction / one night stand / friends with
        benefits / watching porn / bisexual* / transgender* / trans / queer* / pansexual* /
        asexual* / nonbinary / non binary / polyamor* / throuple / homosexual* / lgbt* /
        same sex / two dads / two moms / two mums / testosterone / estrogen / hormones / hrt
        / deadname / libido / impoten* / cialis / sexless / swinger* / swinging / fetish /
        kink* / bdsm / escort / onlyfans / stripper / porn* / hookup* / grindr / virginity /
        slept with / haven't slept with / like men / like women / love men / love women /
        into men / into women / gay / gays
    """

LABELS: Final = """
        gay / lesbian / lesbians / bi / bisexual / trans / transgender / queer / asexual /
        pansexual / nonbinary / non binary / enby / ftm / mtf / genderqueer / genderfluid /
        closeted / polyamorous / homosexual / lgbt / lgbtq / demisexual / aromantic /
        intersex
    """
