"""English words around those of a subject that tell whom or what they speak of."""

from __future__ import annotations

from typing import Final

# What such an adjective may be followed by where no article stands before it: "I'm white and …".
JOINTS: Final = frozenset("and so but who here myself too man woman guy girl".split())
# What it describes after "I'm a …" that is no person, or a person by something else than it.
THINGS: Final = frozenset(
    """
    coffee tea friday card tie belt box market leather sofa sedan car suv cat dog hat sheep swan
    investor driver spender saver estimate guess arts art estimator eater drinker wine metal
    rice bread sugar
    noise paper goods board label list op ops hole ice food cuisine restaurant market markets
    """.split()
)
# Next word after a CONCERNS word that makes it a thing of business, not of a person.
IMPERSONAL: Final = frozenset(
    """
    insurance insurer insurers coverage research fund funds foundation charity awareness walk
    stock stocks etf etfs company companies software tool tools app apps center centers centre
    centres market markets data rates statistics stats ratio study studies conference ward sun
    moon rising season pillow pillows era transistor transistors lawyer lawyers attorney
    attorneys law podcast course courses book books industry sector bond bonds securities
    instrument instruments api apis auction auctions auctioned property properties listing
    listings shareholders trustee report documentary lighting guard guards officer officers
    break collection equity square station pacific jack city bank street county savings
    investing price prices fundraiser supplies equipment dating features feature code break
    agency patients clinic clinics investor investors society societies charities nonprofit
    campaign campaigns trust association institute department
""".split()
)
# What has a heart attack or goes broke in jest: no person.
UNLIVING: Final = frozenset(
    """
    market markets portfolio stock stocks index bitcoin crypto etf fund funds economy company
    companies corporation firm bank banks airline retailer startup car truck bike van laptop
    computer phone pc server website app software printer router engine battery house roof dollar
    holding holdings sector industry country state government city broker exchange nasdaq dow
""".split()
)
EXCEPTIONS: Final = """
    net debt / debt was downgraded / debt is downgraded / debt downgrade / debt was upgraded / a
    cancer on /
    are my religion / is my religion / like a religion / a religion to / not a religion /
    can't afford my dream / can't afford my own boat /
    arrest me red / arrest me / covid era / covid times / since covid / during covid / covid
    hit / after covid / before covid / strike zone / paying off student loans early / my
    operation system / church pews / my treatment plan software / missed payments never / left
    wing window / right wing window / mixed race horse / right wing door / left wing door /
    another rainy / debt snowball / debt avalanche / liberal with / conservative with / race
    horse / debt consolidation business / debt collection business / court marriage / bail
    bonds business / bail bond business / union of / trade show / labor day / labour ward /
    voted for the blue / voted for the red / voted for the best / novel about prison /
    diagnosed my car / diagnosed a bad / diagnosed a faulty / broke her phone / my union jack
    / persian rug / persian rugs / alarm didn't strike / feminist bookstore / church near /
    old church / a church / the church hall / jail broken / jailbreak / cancer research /
    cancer charity / cancer fund / cancer sun / cancer moon / cancer rising / great depression
    / depression era / bipolar transistor / bipolar transistors / bipolar junction / me a
    heart attack / heart attack every / stroke of / two stroke / four stroke / 2 stroke / 4
    stroke / brush stroke / key stroke / stroke width / range anxiety / blind spot / blind
    trust / blind date / blind test / color blind test / deaf ears / rehab project / rehab
    loan / rehab a house / rehab houses / house rehab / physical therapy / tree surgery /
    disability insurance / disability cover / long term disability / short term disability /
    mental health app / ms office / ms word / ms excel / ms teams / ms sql / ms degree / with
    ms in / manic monday / health insurance / critical illness cover / debt fund / debt funds
    / debt free / debt to equity / debt ratio / debt securities / debt market / debt
    instruments / debt etf / debt etfs / national debt / government debt / corporate debt /
    market debt / sovereign debt / public debt / technical debt / tech debt / debt to income /
    debt collection software / debt collection agency software / company's bankruptcy /
    airline's bankruptcy / corporate bankruptcy / bankruptcy of / bankruptcy filing /
    unemployment rate / unemployment rates / unemployment data / unemployment figures /
    unemployment numbers / unemployment insurance tax / foreclosure auction / foreclosure at
    auction / buying a foreclosure / buying foreclosures / buy a foreclosure / buy
    foreclosures / foreclosure homes / chapter 7 of / chapter 13 of / section 8 of / section 8
    landlord / eviction process / eviction moratorium / no creditors / student debt crisis /
    default on my router / broke ground / broke even / went under contract / in collections of
    / creditors of / welfare office software / social security / union square / union jack /
    union pacific / union station / union city / union bank / union street / union county /
    credit union / credit unions / western union / european union / student union / students
    union / rugby union / civil union / soviet union / african union / state of the union /
    union budget / union types / federal credit union / lightning strike / strike price /
    strike rate / strike gold / hunger strike game / third strike / on strike price / trade
    unionism / conservative portfolio / conservative investor / conservative allocation /
    conservative approach / conservative estimate / liberal arts / liberal return / left wing
    of the / right wing of the / left wing mirror / right wing mirror / party planning /
    office party / pro life cycle / pro choice of / progressive insurance / progressive web /
    progressive lenses / progressive tax / political science / office politics / christian
    louboutin / christian dior / christian bale / faith in / church street / church road /
    church lane / orthodox approach / religious about / bible of / my race bike / my race day
    / my race car / my race number / my race pace / race day / my race shoes / my race weekend
    / my race is / my race on / our race / my race this / black friday / black card / black
    box / black market / white label / white paper / white noise / white goods / asian markets
    / asian market / african safari / indian food / native app / trans siberian / gay street /
    bi weekly / bi annual / bi monthly / queer eye / bisexual lighting / coming out with /
    came out with / true crime / crime podcast / prison break / prison guard / prison officer
    / out of jail free / get out of jail / go to jail card / jail break / jail broken / on
    probation at work / probation period / charged with a cable / charged with usb / charged
    with the / charged with my / charged with a / convicted to / beat me to / beats me / raped
    my wallet / minor scratches / food bank app / on snap camera / deaf to / blind box /
    alcoholic drinks / alcoholic beverages / non alcoholic / alcohol free / black tie / white
    wine / immigrants bank / pregnancy test stock / rehab center stock / data descent /
    gradient descent / descent into / my meds app / bail out / bail on / bailed / layoffs at a
    client / layoffs at our client / layoffs at google / layoffs at meta / layoffs at amazon /
    layoffs in tech / tech layoffs / back surgery center / surgery center / surgery centers /
    my priest build / let me go with / let me go ahead / hit me and i / debt snowball
    calculator / good debt / bad debt expense / leverage debt / bank debt / senior debt /
    convertible debt / venture debt / private debt / debt financing / debt capital / loan or
    debt fund / debt ceiling / debt payoff app / carry no debt / zero debt / church converted
    / church client / hindu temple architecture / sober look / sober assessment / felony
    podcast / served on / on the picket fence / white picket / bail bonds software / court
    date app / pawn shop business / charge off rate / food pantry software
"""
#: Someone a statement can be about, besides the writer.
RELATIVES: Final = frozenset(
    """
    husband wife spouse mom mum mother dad father son daughter brother sister kid kids child
    children parents parent boyfriend girlfriend fiance fiancee partner friend friends uncle
    aunt grandma grandpa grandmother grandfather grandson granddaughter cousin nephew niece
    roommate bf gf hubby ex coworker colleague neighbor neighbour oldest youngest eldest middle
    baby toddler teen teenager twin twins granny gran nan nana grandad granddad stepdad stepmom
    stepson stepdaughter stepfather stepmother boss family folks
""".split()
)
SELVES: Final = frozenset(
    """
    i i'm im i've ive i'd i'll me my mine myself we we're we've we'd we'll our ours us he she
    he's she's his her him himself herself
""".split()
)
