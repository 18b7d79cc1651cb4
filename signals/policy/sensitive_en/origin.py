"""English words that speak of ethnic origin; what each table means stands in the package."""

from __future__ import annotations

from typing import Final

STATES: Final = """
        undocumented family / i'm undocumented / am undocumented / are undocumented / is
        undocumented / undocumented parents / undocumented student / without papers / daca
        recipient / {my} daca / on daca / {my} asylum / {my} ethnicity / {my} race / {my}
        skin color / {my} skin colour / color of {my} skin / colour of {my} skin / because
        i'm black / because i'm asian / because i'm brown / because i'm arab / because i'm
        white / woman of color / man of color / person of colour / woman of colour / {my}
        tribe / enrolled member / tribal member / {my} refugee / {my} skin is dark / {my}
        skin is black / {my} skin is brown / {my} skin is so / {my} dark skin / {my} brown
        skin / {my} black skin / {my} heritage / {my} ancestry / {my} hair is afro / {my}
        afro / half japanese here / half korean here / romani travellers / refugee from / as
        a refugee / i'm a refugee / i'm jamaican / as a native person / as a native / as an
        indigenous / tribal home / tribal loan / {my} latino / {my} latina / {my} arab /
        {my} indigenous / black and latino / afro latina / afro latino / afro caribbean /
        dark skinned / light skinned / brown skinned / i'm dark skinned / dark skin /
        overstayed {my} visa / {my} visa expired and / deportation
    """

CONCERNS: Final = """
        as a jamaican / roma family / armenian family / tribal member / green card holder /
        racially / racial profiling / arab man / arab woman / arab guy / arab family /
        persian family / tamil family / mexican family / mexican american* / cuban american*
        / iranian american* / nigerian american* / black british / refugee / refugees /
        undocumented / descent / ancestry / immigrants / deported / deportation /
        undocumented immigrant / undocumented immigrants / illegal immigrant / illegal
        immigrants / no papers / asylum seeker / asylum seekers / people of color / person
        of color / women of color / interracial marriage / interracial couple / mixed race /
        biracial / racially profiled / seeking asylum / granted asylum / armenian / kurdish
        / kurd / kurds / uyghur* / rohingya / hazara / pashtun / romani / romany / traveller
        family / travellers / gypsy / sinti / somali / eritrean / haitian / puerto rican /
        latino* / latina* / latinx / hispanic* / chicano* / african american* / black man /
        black woman / black women / black men / black family / black girl / black guy /
        black person / black couple / white man / white woman / white guy / white girl /
        asian man / asian woman / asian guy / asian girl / asian family / asian american* /
        korean american* / chinese american* / indian american* / native american* /
        indigenous / aboriginal / maori / inuit / metis / cherokee / navajo / sioux / tribal
        / tribe / multiracial / person of colour / poc / bipoc / brown skin / dark skin /
        darker skin / black skin / skin is dark / skin color / skin colour / pakistani /
        bangladeshi / punjabi / bengali / arabs / afghan / syrian refugee* / palestinian /
        immigrant parents / immigrant family / undocumented* / refugee* / asylum* / deport*
        / first gen / ethnicity / racism / afro / dreadlocks / half white / half black /
        half asian / half japanese / half korean / half chinese / half indian / half arab /
        half filipino
    """

LABELS: Final = """
        latina / latino / latinx / hispanic / kurdish / kurd / roma / romani / african
        american / native american / biracial / multiracial / mixed race / chicano / chicana
        / navajo / cherokee / inuit / maori / aboriginal / pashtun / hazara / uyghur /
        rohingya / yazidi / assyrian / amazigh / berber / nubian / tamil / south asian /
        east asian / desi / undocumented / a refugee / caucasian / pacific islander / first
        nations / half korean / half white / half black / half asian / half chinese / half
        japanese / half indian / half mexican / half arab / half filipino / half jewish /
        part native / vietnamese american / arab american / filipino american / black
        american / black british / british asian / afro caribbean / first generation
        immigrant / second generation immigrant / an immigrant
    """

ADJECTIVES: Final = "black / white / brown / asian / arab / indigenous / african"
