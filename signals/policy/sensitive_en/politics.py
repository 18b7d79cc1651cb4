"""English words that speak of political views; what each table means stands in the package."""

from __future__ import annotations

from typing import Final

STATES: Final = """
        voted for trump / voted for biden / voted for harris / voted for kamala / voted for
        obama / voted for hillary / voted for clinton / voted for bernie / voted for sanders
        / voted for him / voted for her / voted for them / voted for labour / voted for the
        tories / voted for brexit / voted for macron / voted for le pen / voted for modi /
        voted for erdogan / voted for reform / voted for independence / voted for the greens
        / voted for the afd / voted republican / voted democrat / voted democratic / voted
        labour / voted tory / voted conservative / voted green / voted libertarian / voted
        leave / voted remain / voted red / voted blue / voted gop / straight ticket /
        straight blue / straight red / blue down the line / red down the line / {my} ballot
        / trump supporter / trump voter / trump fan / biden supporter / biden voter / harris
        supporter / bernie supporter / labour supporter / labour voter / labour member /
        tory voter / tory member / brexit voter / {my} political / political opinions / card
        carrying / canvass for / canvassed for / canvassing for / phone banking for /
        campaigned for / volunteer for the democrats / donated to bernie / donated to trump
        / donated to biden / donated to harris / donated to the democrats / donated to the
        republicans / donate to the democrats / donate to the republicans / bernie's
        campaign / marched against / protested against / protesting against / running for
        city council / running for mayor / running for office / running for congress /
        running for senate / running for school board / running for parliament / ran for
        office / opposition activist / registered democrat / registered republican /
        registered independent / a blue voter / a red voter / {my} politics / {my} candidate
        / {my} party won / {my} party lost / {my} activism / because i voted / voted for / i
        campaigned / i canvassed / i marched / we marched / love trump / hate trump /
        support trump / support biden / pro trump / anti trump / hate biden / love biden /
        supporting trump / voting for trump / voting for biden / voting for labour / voting
        for the / ran for state / ran for senate / ran for county / ran for city / ran for
        council / ran for governor / ran for sheriff / ran for judge / ran for congress /
        ran for mayor / ran for president / running for state / running for county / running
        for council / running for governor / running for sheriff / running for judge / stood
        for parliament / stood for election / standing for election / voted for the liberals
        / voted yes in the referendum / voted no in the referendum / voted against /
        volunteer for the liberal / volunteer for labour / volunteer for the greens /
        volunteer for the campaign / phone bank for / phonebank / after the protests / at
        protests / climate protest / climate march / pride march / anti war protest / the
        resistance movement / political exile / {my} union of students party / in the party
        / left the party / joined the party / party activist / party volunteer / voting
        green / voting blue / voting red / voting republican / voting democrat / voting
        labour / voting tory / war march / i protested / we protested / protested in /
        leaning left / leaning right / lean left / lean right / i lean left / {my} party's /
        a party member / canvasser for
    """

CONCERNS: Final = """
        activist / dissident / democrats / republicans / marxist / vote republican / vote
        democrat / vote labour / vote tory / vote blue / vote red / vote for trump / vote
        for biden / vote for him / vote for her / republican party / democratic party /
        labour party / conservative party / green party / socialist party / communist party
        / election fraud / stolen election / antifa / proud boys / at the protest / at a
        protest / to the protest / in the opposition / political activist / political
        prisoner / political dissident / political refugee / trump campaign / trump's
        campaign / harris campaign / biden's campaign / pro life / pro choice / maga /
        political asylum / political views / political beliefs / for labour / for the tories
        / for the democrats / for the republicans / for trump / for biden / for harris / lib
        dem* / snp / democrat* / gop / brexit / tear gassed / demonstration / demonstrations
        / protest / protests / protester* / protesting / picketed / anarchis* / marxis* /
        socialis* / communis* / libertarian* / fascis* / leftist* / left wing / right wing /
        far right / far left / feminist* / anti abortion / pro abortion / gun rights / gun
        control / super pac / political donation* / donated to the / party delegate /
        precinct / caucus* / knock on doors / knocked on doors / door knocking / councillor
        / councilman / councilwoman / party conference / activis* / dissident* / exiled /
        black lives matter / blm / extinction rebellion / tory / tories / leave voter /
        remain voter / separatis* / zionis* / palestine protest* / free palestine / boycott
        israel / liberal democrat* / conservatives / plaid cymru / sinn fein / likud / akp /
        bjp / congress party / pti / pml / anc / eff / npp / apc / pdp / vox / podemos /
        psoe / cdu / spd / afd / fdp / die linke / la france insoumise / rassemblement /
        fratelli d'italia / lega / pis voter / kremlin / putin / zelensky / navalny /
        referendum / ballot / ballots / nonpartisan / political party / liberals / my vote /
        campaign volunteer / delegate / progressives / trump voters / trump supporters /
        biden voters / labour voters / tory voters / swing voters
    """

LABELS: Final = """
        republican / republicans / democrat / democrats / socialist / socialists / communist
        / communists / marxist / libertarian / libertarians / anarchist / leftist / lefty /
        left wing / right wing / far right / far left / left leaning / right leaning / tory
        / brexiteer / remainer / centrist / nationalist / zionist / monarchist / activist /
        trumper / never trumper / antifascist
    """

ADJECTIVES: Final = "conservative / liberal / progressive"
