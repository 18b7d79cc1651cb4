"""English words that speak of sensitive subjects, by how much context each needs.

``STATES``: phrases that state such a circumstance wherever they stand. ``CONCERNS``: words that
do so where a person stands in the same sentence. ``LABELS``: what somebody is, said with
"I'm a …", "as a …", "… here". ``ADJECTIVES``: labels that also describe things, so that a person
or nothing must follow. ``EXCEPTIONS``: longer phrases that hold such a word and speak of something
else. ``{my}`` stands for every possessive, ``*`` for any ending. American and British usage.
"""

from __future__ import annotations

from typing import Final

from signals.policy.subjects import Subject

STATES: Final[dict[Subject, str]] = {
    Subject.HEALTH: """
        diagnosed with / was diagnosed / been diagnosed / got diagnosed / {my} diagnosis /
        diagnosed me / biopsy results / terminally ill / terminal illness / {my} cancer /
        have cancer / had cancer / stage 4 cancer / beat cancer / battling cancer / fighting
        cancer / hiv positive / living with hiv / have hiv / has hiv / with ms / have ms /
        has ms / had a miscarriage / had a stroke / after {my} stroke / {my} stroke / had a
        heart attack / after {my} heart attack / {my} heart attack / in a wheelchair / use a
        wheelchair / uses a wheelchair / {my} wheelchair / on dialysis / kidneys are failing
        / kidney failure / blood thinners / {my} transplant / {my} surgery / having surgery
        / need surgery / after surgery / recovering from surgery / {my} therapist / {my}
        psychiatrist / see a therapist / seeing a therapist / {my} anxiety / {my} depression
        / anxiety disorder / panic disorder / have anxiety / has anxiety / have depression /
        have ptsd / {my} ptsd / {my} ocd / {my} adhd / have adhd / has adhd / adhd diagnosis
        / on antidepressants / {my} antidepressants / {my} meds / am suicidal / suicide
        attempt / tried to kill myself / kill myself / self harm / {my} addiction / addicted
        to alcohol / addicted to opioids / addicted to heroin / addicted to drugs / addicted
        to pills / addicted to painkillers / addicted to cocaine / addicted to meth /
        addicted to gambling / gambling addiction / drug addiction / alcohol addiction /
        went to rehab / in rehab / out of rehab / after rehab / rehab clinic / recovering
        alcoholic / recovering addict / alcoholics anonymous / years sober / months sober /
        days sober / {my} sobriety / {my} pregnancy / months pregnant / weeks pregnant / am
        pregnant / high risk pregnancy / round of ivf / rounds of ivf / doing ivf /
        fertility treatment / {my} infertility / {my} disability / down syndrome / cerebral
        palsy / chronic illness / chronic fatigue / long covid / sleep apnea / memory care /
        in hospice / hospice care / {my} dementia / has dementia / {my} diabetes / type 1
        diabetic / type 2 diabetic / type 1 diabetes / type 2 diabetes / {my} seizures /
        {my} epilepsy / brain tumor / brain tumour / spinal cord injury / {my} mental health
        / mental breakdown / nervous breakdown / colostomy / chemo starts / doing chemo / on
        chemo / through chemo / {my} chemo / stopped taking my medication / had an abortion
        / getting an abortion / {my} hearing loss / {my} illness / {my} disease / {my}
        condition got / {my} tumor / {my} chemo* / {my} dialysis / {my} insulin / {my}
        relapse / {my} recovery from / {my} asthma / {my} arthritis / {my} migraines / {my}
        autism / {my} bipolar / {my} schizophrenia / {my} cancer* / {my} biopsy / {my} hiv /
        i'm losing my hearing / i'm going blind / i'm going deaf / sick leave for / signed
        off sick / off work sick / mental hospital / {my} eating disorder / {my} alcoholism
        / {my} drinking / {my} therapy / {my} counselling / {my} fertility / {my} period /
        {my} miscarriage / {my} abortion / {my} doctor says / {my} doctor said / {my} doctor
        told / got sober / getting sober / stay sober / staying sober / been clean / got
        clean / lost our baby / lost the baby / lost my baby / lost a baby / stillborn /
        lost a pregnancy / gave birth / giving birth / trying to conceive / ttc / can't have
        kids / can't conceive / my blood pressure / my blood sugar / my cholesterol / {my}
        heart condition / {my} treatment / {my} operation / waiting for surgery / booked for
        surgery / {my} knee surgery / {my} back surgery / {my} eye surgery / {my} hip
        replacement / {my} knee replacement / {my} c section / after my accident i can't /
        can't walk / can barely walk / lost {my} leg / lost {my} sight / legally blind /
        hard of hearing / i'm deaf / my hearing is / {my} prescription / {my} medication /
        on medication / on meds / on lithium / on insulin / on methadone / on suboxone /
        going to aa / at aa / in aa / {my} sponsor says / quit drinking / stopped drinking /
        drink too much / drinking again / drinking problem / using again / clean from / had
        a seizure / having seizures / have seizures / {my} symptoms / {my} hearing aids /
        {my} hearing is / {my} eyesight / {my} bad back / {my} bad knee / {my} blood
        pressure / {my} blood sugar / {my} hospital stay
    """,
    Subject.NEGATIVE_FINANCE: """
        section 8 voucher / on section 8 / food stamp / filed for bankruptcy / filed
        bankruptcy / file for bankruptcy / file bankruptcy / filing for bankruptcy / filing
        bankruptcy / declared bankruptcy / declare bankruptcy / declaring bankruptcy / {my}
        bankruptcy / am bankrupt / i'm bankrupt / we're bankrupt / after bankruptcy /
        personal bankruptcy / filed chapter 7 / filed chapter 13 / for chapter 7 / for
        chapter 13 / chapter 7 / chapter 13 / in foreclosure / into foreclosure / facing
        foreclosure / avoid foreclosure / stop foreclosure / house was foreclosed / lost
        {my} house / lost {my} home / lost {my} job / losing {my} job / lost {my} business /
        got laid off / was laid off / been laid off / were laid off / am laid off / i'm laid
        off / laid me off / laid off from / laid off last / laid off this / being laid off /
        laid us off / laid off in / just laid off / made redundant / been made redundant /
        got fired / was fired / been fired / fired me / fired from my / i got sacked / got
        the sack / let me go / was let go / got let go / out of work / i'm unemployed / am
        unemployed / is unemployed / been unemployed / unemployed since / unemployed for /
        currently unemployed / we're unemployed / on unemployment / collecting unemployment
        / unemployment check / unemployment checks / jobseeker's allowance / on benefits /
        on universal credit / food stamps / on snap / {my} ebt / on welfare / on disability
        / disability check / disability checks / disability benefits / on ssdi / {my} ssdi /
        on ssi / in collections / to collections / in debt / deep in debt / drowning in debt
        / {my} debt / {my} debts / so much debt / too much debt / crushing debt / out of
        debt / of debt from / gambling debt / gambling debts / tax debt / medical debt /
        credit card debt / cc debt / behind on {my} / behind on the / behind on rent /
        behind on payments / behind on bills / months behind on / late on {my} rent / late
        on rent / late on {my} mortgage / missed payments / missed a payment / missing
        payments / can't pay {my} / cannot pay {my} / couldn't pay {my} / can't pay rent /
        unable to pay / can't afford {my} / can't afford rent / can't afford food / can't
        afford groceries / can't afford to eat / can't afford the rent / couldn't afford
        rent / can't afford heating / can't make rent / couldn't make rent / can't make {my}
        / can't make the payments / can't keep up with / make the payments any more / make
        payments any more / repo'd / got repoed / eviction notice / facing eviction / being
        evicted / kicked out of our apartment / garnishing {my} / wage garnishment / garnish
        {my} / defaulted on / default on {my} / i'm broke / im broke / am broke / we're
        broke / are broke / is broke again / dead broke / flat broke / broke until / broke
        right now / paycheck to paycheck / bad credit / poor credit / terrible credit /
        awful credit / {my} credit is shot / {my} credit is ruined / {my} credit is trash /
        ruined {my} credit / destroyed {my} credit / wrecked {my} credit / am homeless / i'm
        homeless / became homeless / are homeless / been homeless / living in {my} car /
        living in a shelter / gambled away / lost it all gambling / owe the irs / owe
        everyone / owe back taxes / owe thousands / underwater on / upside down on / went
        under and / business went under / personally insolvent / i'm insolvent / am
        insolvent / maxed out {my} / maxed out all / maxed out credit / cards are maxed /
        cards maxed out / no way to pay / savings are gone / burned through {my} savings /
        lost all {my} savings / lost {my} life savings / {my} bad credit / sued by creditors
        / struggling to pay / struggling to make ends meet / make ends meet / pawned my /
        pawn shop loan / help with rent / rental assistance / hardship program / severance
        is gone / debt management plan / {my} creditors / {my} arrears / {my} eviction /
        {my} foreclosure / {my} repossession / {my} overdraft / {my} bad debt* / {my}
        gambling / {my} gambling debt* / {my} unemployment / {my} benefits got cut / {my}
        benefits were / {my} benefits stopped / because i couldn't pay / because i can't pay
        / we couldn't pay / i couldn't pay / i can't pay / i cannot pay / we can't pay /
        haven't paid rent / haven't paid my / haven't paid our / lost the house / lost our
        house / we lost everything / {my} credit is terrible / {my} credit is bad / {my}
        credit is awful / {my} credit sucks / {my} credit tanked / been let go / and then
        let go / budget is zero / living on credit cards / living on ramen / no money for /
        no money left / ran out of money / zero savings / in collection / filed for
        unemployment / applied for unemployment / {my} income dropped to zero / without an
        income / without a job / since i lost / after i lost my job / after losing my / lost
        {my} position / got cut at work / position was eliminated / job was eliminated /
        {my} job got cut / they closed our plant / they closed my / i owe thousands / we owe
        thousands / i still owe / owes thousands / drowning in bills / drowning in loans /
        drowning in student loans / bankruptcy was discharged / bankruptcy discharged /
        discharged bankruptcy / post bankruptcy / after {my} bankruptcy / bankruptcy on {my}
        / can't cover rent / can't cover the rent / can't cover {my} / couldn't cover rent /
        couldn't cover {my} / using food banks / at the food bank / from the food bank /
        threatening to take / threatening to evict / threatening to foreclose / {my} hours
        were cut / {my} hours got cut / cut {my} hours / payments behind / payment behind /
        two months behind / three months behind / a month behind / month behind on / stopped
        paying / stopped making payments / haven't made a payment / rejected everywhere
        because / denied everywhere / denied credit / lost all {my} money / lost all our
        money / lost {my} retirement / lost {my} pension / wiped us out / wiped me out /
        wiped out {my} / cleaned out {my} account / cleaned out our account / living hand to
        mouth / hand to mouth / barely surviving / barely scraping by / scraping by / can't
        feed / need help paying / behind with {my} / behind with the rent / in arrears /
        {my} wages garnished / charge offs and / a repo on / repo on my / {my} repo / last
        repo / two charge offs / house was repossessed / losing everything / facing
        homelessness / about to be homeless / nowhere to live / kicked out for not paying /
        owe more than / {my} loan shark / stuck in payday / on jobseekers / on pip / on esa
        / on centrelink / on ei / drawing unemployment / {my} unemployment ran out / between
        jobs / lost {my} contract and / got canned / got the axe / got axed / was axed / was
        terminated / been terminated / got terminated / terminated from / been sacked / was
        sacked / {my} contract wasn't renewed / job hunting since / can't find work / can't
        find a job / can't get hired / missed several payments / missed several mortgage /
        missed my mortgage / missed my rent / missed mortgage payments / missed rent /
        skipped a payment / skipped payments / credit's in the 500s / credit is in the 500s
        / in the 500s / in the low 500s / in the high 500s / in the 400s / {my} score tanked
        / {my} score dropped to 5 / {my} score is trash / score is trash / credit is trash /
        credit is horrible / credit's bad / credit's terrible / credit's shot / with bad
        credit / with terrible credit / with poor credit / with no income / with zero income
        / lost {my} income / lost our income / lost {my} only income / no longer have a job
        / don't have a job / don't have any income / haven't worked since / haven't worked
        in / out of a job / rent is overdue / rent overdue / overdue rent / overdue bills /
        bills are overdue / past due / behind on our / repo man / wage assignment / owe back
        rent / owe rent / owe my landlord / owe child support / behind on child support /
        bankruptcy trustee / under bankruptcy / missed three mortgage / missed two mortgage
        / missed three payments / missed two payments / missed four payments / missed three
        rent / missed two rent / missed three car / missed two car / collections keeps /
        collections keep / are in default / is in default / loans in default / went to
        collections / no money to / lost my only / i'm on benefits / we're on benefits / got
        downsized / was downsized / my business failed / our business failed / my company
        folded / my company went / our shop closed and / had to declare / out of savings /
        living with debt / my loan was denied because / on credit cards i / i owe 1 / owe on
        credit cards / owe on my cards / get ssdi / collectors won't / collectors keep /
        debt collectors / i live in my car / we live in our car / live in my van because / a
        ccj / ccjs / power cut off / power was cut off / electricity cut off / water cut off
        / gas cut off / card was declined for rent / i'm out of money / struggling
        financially / financially struggling / skip meals / skipping meals / money is so
        tight / money is tight / in financial trouble / financial trouble / financial crisis
        at home / no savings left / savings ran out / burned through our / lenders keep
        rejecting / rejected by every lender / no one will lend to me / can't get approved /
        lose {my} house / lose {my} home / lose {my} apartment / lose {my} flat / lose {my}
        business / lose {my} shop / lose {my} farm / lose {my} savings / lose {my} income /
        lose {my} livelihood / losing {my} house / losing {my} home / losing {my} apartment
        / losing {my} flat / losing {my} business / losing {my} shop / losing {my} farm /
        losing {my} savings / losing {my} income / losing {my} livelihood / lost {my}
        apartment / lost {my} flat / lost {my} shop / lost {my} farm / lost {my} savings /
        lost {my} livelihood / can't pay the rent / can't pay bills / can't pay the bills /
        can't pay groceries / can't pay food / can't pay the mortgage / can't pay child
        support / can't afford bills / can't afford the bills / can't afford the mortgage /
        can't afford child support / can't cover bills / can't cover the bills / can't cover
        groceries / can't cover food / can't cover the mortgage / can't cover child support
        / couldn't pay rent / couldn't pay the rent / couldn't pay bills / couldn't pay the
        bills / couldn't pay groceries / couldn't pay food / couldn't pay the mortgage /
        couldn't pay child support / couldn't afford the rent / couldn't afford {my} /
        couldn't afford bills / couldn't afford the bills / couldn't afford groceries /
        couldn't afford food / couldn't afford the mortgage / couldn't afford child support
        / couldn't cover the rent / couldn't cover bills / couldn't cover the bills /
        couldn't cover groceries / couldn't cover food / couldn't cover the mortgage /
        couldn't cover child support / unable to pay rent / unable to pay the rent / unable
        to pay {my} / unable to pay bills / unable to pay the bills / unable to pay
        groceries / unable to pay food / unable to pay the mortgage / unable to pay child
        support / not able to pay rent / not able to pay the rent / not able to pay {my} /
        not able to pay bills / not able to pay the bills / not able to pay groceries / not
        able to pay food / not able to pay the mortgage / not able to pay child support /
        cannot pay rent / cannot pay the rent / cannot pay bills / cannot pay the bills /
        cannot pay groceries / cannot pay food / cannot pay the mortgage / cannot pay child
        support / cannot afford rent / cannot afford the rent / cannot afford {my} / cannot
        afford bills / cannot afford the bills / cannot afford groceries / cannot afford
        food / cannot afford the mortgage / cannot afford child support / barely pay rent /
        barely pay the rent / barely pay {my} / barely pay bills / barely pay the bills /
        barely pay groceries / barely pay food / barely pay the mortgage / barely pay child
        support / barely afford rent / barely afford the rent / barely afford {my} / barely
        afford bills / barely afford the bills / barely afford groceries / barely afford
        food / barely afford the mortgage / barely afford child support / barely buy rent /
        barely buy the rent / barely buy {my} / barely buy bills / barely buy the bills /
        barely buy groceries / barely buy food / barely buy the mortgage / barely buy child
        support / struggle to pay rent / struggle to pay the rent / struggle to pay {my} /
        struggle to pay bills / struggle to pay the bills / struggle to pay groceries /
        struggle to pay food / struggle to pay the mortgage / struggle to pay child support
        / struggling to pay rent / struggling to pay the rent / struggling to pay {my} /
        struggling to pay bills / struggling to pay the bills / struggling to pay groceries
        / struggling to pay food / struggling to pay the mortgage / struggling to pay child
        support / struggling to afford rent / struggling to afford the rent / struggling to
        afford {my} / struggling to afford bills / struggling to afford the bills /
        struggling to afford groceries / struggling to afford food / struggling to afford
        the mortgage / struggling to afford child support / struggling to cover rent /
        struggling to cover the rent / struggling to cover {my} / struggling to cover bills
        / struggling to cover the bills / struggling to cover groceries / struggling to
        cover food / struggling to cover the mortgage / struggling to cover child support /
        trouble paying rent / trouble paying the rent / trouble paying {my} / trouble paying
        bills / trouble paying the bills / trouble paying groceries / trouble paying food /
        trouble paying the mortgage / trouble paying child support
    """,
    Subject.POLITICS: """
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
    """,
    Subject.RELIGION: """
        as a jehovah's witness / converted to islam / converted to christianity / converted
        to judaism / converted to catholicism / converted to buddhism / converting to islam
        / converting to judaism / converting to catholicism / reverted to islam / {my}
        church / {my} mosque / {my} synagogue / {my} parish / {my} congregation / {my}
        pastor / {my} imam / {my} rabbi / {my} priest / {my} faith / {my} religion / {my}
        religious / religious beliefs / for religious reasons / left the church / left the
        mormon church / left the catholic church / left islam / left my religion / tithe /
        tithes / got baptized / got baptised / was baptized / was baptised / been baptized /
        baptized in / wear hijab / wear a hijab / wears hijab / wears a hijab / {my} hijab /
        wear a niqab / wear a turban / wears a turban / wear a kippah / wear a yarmulke /
        pray five times / five daily prayers / go to mass / go to church / goes to church /
        went to church / keep kosher / keeps kosher / eat only halal / keep sabbath / keep
        the sabbath / observe shabbat / shomer shabbos / fasting for ramadan / fast for
        ramadan / i'm fasting / my umrah / my hajj / going on hajj / found jesus / found god
        / jesus saved me / accepted jesus / god has called / lost {my} faith / no longer
        believe in god / don't believe in god / ex muslim / ex mormon / ex jw / for
        christian reasons / christian family / christian household / christian home /
        stopped believing / i keep shabbat / we keep shabbat / keep shabbat / {my} temple /
        {my} baptism / {my} prayers / {my} beliefs / become a priest / become a nun / become
        a pastor / becoming a priest / ordained / {my} bible / {my} quran / serve at church
        / {my} ministry / {my} mission / in the church choir / christian couple / christian
        parents / christian values / grew up mormon / grew up catholic / grew up muslim /
        grew up jewish / grew up christian / grew up baptist / grew up evangelical / raised
        catholic / raised mormon / raised muslim / raised jewish / raised christian / raised
        baptist / raised in the church / don't believe in any god / stopped going to church
        / stopped going to mass / {my} baptist / {my} catholic / {my} muslim / {my} jewish /
        {my} christian / religious wedding / religious family / religious parents / {my}
        bishop / {my} deacon / {my} sheikh / {my} confirmation / {my} bar mitzvah / {my} bat
        mitzvah / {my} communion / on a mission for / serving a mission / served a mission /
        in seminary / bible college
    """,
    Subject.SEXUALITY: """
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
    """,
    Subject.ETHNICITY: """
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
    """,
    Subject.UNION: """
        union rep / union dues / union steward / shop steward / union man / union guy /
        union brother / union brothers / union hall / union plan / union pension / union
        solicitor / union official / union organizer / union organiser / {my} union /
        teachers' union / nurses' union / organizing a union / organising a union / started
        a union / forming a union / form a union / joined the union / joined a union / join
        the union / joining the union / going on strike / go on strike / strike fund /
        bargaining committee / organizing committee / workers' council / works council /
        crossed the picket / we're striking / i'm striking / signed union cards / sign a
        union card / union card / union cards / strike pay / {my} strike / {my} grievance /
        {my} shop steward / the union got me / the union got us / local union / strike
        ballot / industrial action / nurses' strike / teachers' strike / teachers strike /
        nurses strike / workers' strike / rail strike / strike starts / our strike / strike
        vote / strike begins / walked off the job / voted to strike / we voted to strike /
        organize for the / organiser for the / organizer for the / joined my union /
        plumbers' union / electricians' union / carpenters' union / writers' guild / screen
        actors guild / sag aftra / actors' union / police union / firefighters union /
        firefighters' union / drivers' union / student workers union / graduate workers
        union / in my union / for my union / union vote / union drive / union meeting /
        union election / union busting / anti union / pro union
    """,
    Subject.CRIME: """
        registered sex offender / been in prison / did prison time / got charged / got
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
    """,
    Subject.MINORS: """
        as a minor / i'm a minor / im a minor / am a minor / i'm under 18 / im under 18 / am
        under 18 / i'm underage / im underage / not 18 yet / not yet 18 / until i'm 18 /
        until i turn 18 / till i'm 18 / before i turn 18 / when i turn 18 / once i turn 18 /
        not old enough to / i'm a teen / im a teen / i'm a teenager / im a teenager / as a
        teenager / as a teen / teen here / teenager here / my parents won't let me / my mom
        won't let me / my dad won't let me / my mum won't let me / my parents don't let me /
        my parents don't allow / my mom doesn't let me / my dad doesn't let me / my middle
        school / my allowance / still a minor / i am a minor / too young for / my parents
        have to sign / my mom has to sign / my dad has to sign / parental consent / i need
        my parents / ask my parents / before i'm 18 / under eighteen / my homeroom / my 8th
        grade / my 9th grade / my 10th grade / i'm too young to / im too young to / says i'm
        too young / says im too young
    """,
}

CONCERNS: Final[dict[Subject, str]] = {
    Subject.HEALTH: """
        diagnosed me / relapsed / chronically ill / chronic illness / chronic disease /
        chronic condition / stents / cancer / tumor / tumour / leukemia / leukaemia /
        lymphoma / melanoma / biopsy / chemo / oncologist / diabetes / insulin / dialysis /
        kidney disease / transplant / stroke / heart disease / heart condition / bypass
        surgery / pacemaker / aneurysm / blood clot / clot / high blood pressure /
        hypertension / copd / asthma / emphysema / epilepsy / seizures / parkinson's /
        parkinsons / alzheimer's / alzheimers / dementia / multiple sclerosis / lupus /
        fibromyalgia / arthritis / crohn's / crohns / colitis / endometriosis / pcos / hiv /
        hepatitis / herpes / psoriasis / migraines / cpap / depression / anxiety / ptsd /
        ocd / adhd / autism / asperger's / aspergers / bipolar / schizophrenia / psychosis /
        manic / anorexia / bulimia / psychiatrist / psychiatric / antidepressant / ssri /
        ssris / zoloft / prozac / lexapro / xanax / adderall / wellbutrin / seroquel /
        methadone / suboxone / rehab / alcoholism / addiction / overdose / overdosed /
        pregnancy / miscarriage / miscarried / stillborn / stillbirth / ivf / infertility /
        infertile / abortion / menopause / wheelchair / surgery / disability / paralyzed /
        paralysed / amputee / amputated / hospice / concussion / hip replacement / knee
        replacement / mastectomy / hysterectomy / vasectomy / cystic fibrosis / sickle cell
        / mental health / a diagnosis of / panic attacks / panic attack / chemotherapy /
        antidepressants / suicidal / has cancer / had surgery / needs surgery / in remission
        / got pregnant / is pregnant / cancer survivor / special needs / chronic pain /
        mental illness / eating disorder / back surgery / kidney transplant / liver
        transplant / organ transplant / heart failure / brain injury / psych ward /
        psychiatric hospital / hospitalised / hospitalized / hospitalization / in the
        hospital / intensive care / icu / overdos* / heroin / cocaine / opioid* / meth /
        drinking problem / alcoholic / aa meeting* / detox / mastectom* / lumpectom* /
        hysterectom* / colonoscop* / a lump in / hearing loss / losing {my} hearing /
        hearing aid* / losing {my} sight / going blind / glaucoma / macular degeneration /
        cataract* / prognosis / metasta* / tumor* / tumour* / leuk* / lymphoma* / sarcoma /
        myeloma / carcinoma / cirrhosis / thyroid / hypothyroid* / graves disease / anemia /
        anaemia / hemophilia / haemophilia / sickle / thalassemia / heart defect /
        arrhythmia / afib / angina / angioplasty / aneurysm* / embolism / thrombosis /
        stroke survivor / paralys* / paralyz* / quadripleg* / parapleg* / prosthe* /
        amputat* / spina bifida / muscular dystrophy / als / huntington's / tourette* /
        narcolepsy / insomnia / sciatica / scoliosis / herniated disc / slipped disc /
        osteoporosis / gout / eczema / rosacea / vitiligo / alopecia / celiac / coeliac /
        ibs / diverticulitis / gallbladder / kidney stones / uti / incontinence / catheter /
        ostomy / stoma / bariatric / gastric bypass / ozempic / wegovy / mounjaro /
        metformin / statin* / beta blockers / immunosuppress* / prednisone / steroids for /
        radiotherapy / radiation therapy / chemo* / oncolog* / in therapy / years of therapy
        / grief counseling / counselor for my / cbt / emdr / self harm* / suicid* /
        intrusive thoughts / postpartum / trimester / c section / fertility / egg freezing /
        surrogate / std / sti / chlamydia / hpv / syphilis / palliative / dementia* / carer
        for / caregiver for / learning disability / dyslexi* / dyspraxia / neurodivergent /
        brain fog / flare up / autoimmune / hashimoto's / sjogren's / concussion* / tbi /
        seizure* / epilep* / tinnitus / meniere's / radiation right now / through radiation
        / having radiation / out of hospital / in hospital / from hospital / hospital stay /
        emergency room / in the er / my consultant / ulcerative / spondylitis / slipped disk
        / back injury / broke my leg / broke my hip / broke my back / broke my arm /
        crutches / neuropath* / neurolog* / cardiolog* / rheumatolog* / endocrin* /
        dermatolog* / urolog* / gynecolog* / gynaecolog* / obstetric* / obgyn / ob gyn /
        midwife / antipsychotic* / benzodiazepine* / mood stabilizer* / sertraline /
        citalopram / escitalopram / fluoxetine / bupropion / venlafaxine / ritalin / vyvanse
        / concerta / gabapentin / oxycodone / opiate* / fentanyl / morphine / naltrexone /
        sleeping pills / inhaler / epipen / anaphyla* / crps / ehlers danlos / sarcoidosis /
        lyme / mrsa / shingles / pneumonia / bronchitis / tuberculosis / meningitis / liver
        disease / liver failure / pancrea* / prostate / ovarian / cervical / endometri* /
        fibroid* / ovary / ectopic / preeclampsia / nicu / preemie / premature baby / down's
        syndrome / fragile x / rett / nonverbal / developmental delay / body dysmorph* /
        binge eat* / purging / anorex* / bulimi* / burned out / burnt out / breakdown /
        cptsd / dissociat* / borderline personality / bpd / schizo* / hallucinat* / self
        medicat* / blackout drunk / hungover daily / vaping addiction / gambling addict /
        porn addict / weed dependence / triple bypass / double bypass / heart bypass /
        kidney stone / kidney donor / {my} burnout / birth control / iud / seriously ill /
        very ill / ill health / health problems / health issues / health scare / medical
        condition / medical conditions / medical issues / chronically / handicapped /
        hearing impaired / visually impaired / low vision / caregiver / nursing home /
        assisted living / tested positive / symptoms / bad back / back pain / knee pain /
        sleep disorder / blood test results / mri / ct scan / stage iv / stage 3 / stage 2 /
        stage iii / tremors / wheelchair user / prosthetic leg / walking frame / walking
        stick / post surgery / post op / covid / flare ups / syndrome / disease / disorder /
        illness / heart murmur / osteoarthritis / gerd / vertigo / agoraphob* / stent / mono
        / gastropares* / have pots / have eds / have mcas / bad hip / bad heart / bad knee /
        bad knees / torn rotator / rotator cuff / torn acl / carpal tunnel / admitted to
        hospital / partially sighted / cut myself / is due in / take lithium / on lithium /
        broke her hip / broke his hip / trying for a baby / sick leave / stress leave /
        medical leave / i faint / fainting / palpitations / blood thinner / preterm / in
        labour / in labor / going through radiation / infusions / my consultant says /
        specialist says / scan results / test came back / my results came back / on oxygen /
        oxygen tank / feeding tube / wheel chair / mobility scooter / care home / respite
        care / rehabilitation clinic / out of therapy / couples therapy / my counselor / my
        counsellor / agoraphobic / claustrophob* / hoarding / hoarder / sleepwalk* /
        allergic reaction / overactive bladder / hot flashes / perimenopaus* / menopaus* /
        pms / period pain / heavy periods / morning sickness / gestational / breastfeeding
        trouble / with a cane / walking cane / walk with a stick / with crutches / on
        crutches / with a limp / in a brace / back brace / leg brace / neck brace / home
        oxygen / hospital bed at / disabled parking / blue badge
    """,
    Subject.NEGATIVE_FINANCE: """
        was let go / were let go / got let go / let go from / owe the irs / irs debt /
        gambling debt* / gambling problem / over my head / can't afford to live / can't
        afford to eat / in collections / bankruptcy / foreclosure / foreclosed / eviction /
        insolvent / unemployment / debts / layoffs / debt / homeless / welfare /
        repossession / maxed out / overdrawn / is bankrupt / are bankrupt / evicted /
        repossessed / creditors / homeless shelter / garnished / losing {my} home / losing
        {my} house / unemployment benefits / unemployment benefit / food bank / food pantry
        / in default on / lost everything / payday loan / payday loans / title loan / title
        loans / back taxes / minimum payments / debt consolidation / debt relief / debt
        settlement / section 8 / no income / jobless / insolvency / debt collectors / debt
        collector / bailiffs / iva / loan shark / charge off / charge offs / charged off /
        went bankrupt / going bankrupt / being sued for / collections agency / collection
        agency / bill collectors / foreclosed on / furlough* / penniless / destitute /
        haven't had a paycheck / no paycheck / bankrupt* / insolven* / garnish* / repossess*
        / foreclos* / evict* / notice to vacate / notice to quit / months late / weeks late
        / rent arrears / arrears / in arrears / creditor* / bailiff* / payday lender* /
        universal credit / housing benefit / jobseeker* / on the dole / unemploy* / jobless*
        / laid off / layoff* / lay offs / lost the house / lost the business / lost {my}
        apartment / lost {my} savings / lost it all / life savings / shut off notice / cut
        off {my} electricity / cut off {my} power / power shut off / shut off our / couldn't
        pay / can't pay / cannot pay / unable to pay / could not pay / struggling with money
        / money troubles / money problems / financial hardship / hardship / financially
        ruined / financial ruin / in the red / zero income / loan default* / student loans
        in default / wage garnish* / maxed / overdraft / overdraw* / bounced check* / nsf
        fees / bad credit / poor credit / credit is terrible / credit is bad / credit is
        awful / credit is wrecked / credit is shot / credit is ruined / low credit / rebuild
        my credit / rebuilding my credit / rebuild credit / credit repair / subprime /
        denied for a loan / denied a loan / turned down for a loan / sued by / being sued /
        judgment against / lien on my / tax lien / food stamp* / snap benefits / ebt / wic /
        medicaid / couch surfing / sleeping in my car / sofa surfing / gambled / lost my*
        pension / startup collapsed / startup failed / business failed / business collapsed
        / plant closed / closed our plant / closed my store / had to close my / redundancy /
        made redundant / poverty / debt ridden / in the hole / pink slip / downsized /
        riffed / on furlough / benefits claimant / disability income / insufficient funds /
        nsf / money is tight / can barely pay / can barely afford / barely afford / barely
        pay / below the poverty / low income housing / charity help / debt counselor / debt
        counsellor / credit counseling / credit counselling / debt advice / debt charity /
        voluntary arrangement / went bust / gone bust / went under / derogator* / delinquen*
        / late payments / collection account* / charge off* / bankruptcies / owe on credit
        cards / k on credit cards / 000 on credit cards
    """,
    Subject.POLITICS: """
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
    """,
    Subject.RELIGION: """
        my prayers / prayer group / prayer room / hijab / gurdwara / zakat / baptism / bar
        mitzvah / bat mitzvah / missionary / deacon / orthodox church / islam / christianity
        / judaism / atheism / the mormon church / jehovah's witness / jehovah's witnesses /
        sunday mass / bible study / tithing / first communion / born again / shabbat /
        sabbath / shabbos / kosher / halal / ramadan / turban / kippah / niqab / burqa /
        burka / hijabi / mosque / synagogue / parish / congregation / mandir / imam / rabbi
        / pastor / priest / vicar / nun / seminary / baptis* / confirmation class /
        catechism / communion / rosary / quran / koran / torah / eid / diwali / hanukkah /
        passover / yom kippur / hajj / umrah / tithe* / sadaqah / religion / religious /
        atheis* / agnostic* / muslim* / catholic* / protestant* / evangelical* / mormon* /
        lds / jewish / jews / hindu* / buddhis* / sikh* / pentecostal* / lutheran* /
        methodist* / presbyterian* / anglican* / amish / quaker* / hasidic / haredi / sunni*
        / shia* / shiite* / ismaili* / ahmadi* / baha'i* / coptic / copts / maronite* /
        druze / wiccan* / pagan* / scientolog* / adventist* / islam* / theology / church /
        converted from
    """,
    Subject.SEXUALITY: """
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
    """,
    Subject.ETHNICITY: """
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
    """,
    Subject.UNION: """
        on strike / we strike / the strike / our strike / striking workers / strike vote /
        filed a grievance / union grievance / walkout at / teamsters / teamster / uaw / ibew
        / seiu / afscme / unison / ufcw / iatse / afl cio / cwa / gmb / union / strikers /
        union members / union member / union reps / teachers union / nurses union / trade
        union / labor union / labour union / picket line / picket lines / picketing / went
        on strike / collective bargaining / unionize / unionise / unionized / unionizing /
        unionising / union contract / union local / union president / in the union / in a
        union / join a union / teamster* / steelworkers / autoworkers / longshoremen /
        dockworkers / union* / striking next / striking for / are striking / we're striking
        / locked out / lockout / labor board / nlrb / ballot for strike / strike ballot /
        strike pay / industrial action / work to rule / usdaw / aslef / nasuwt
    """,
    Subject.CRIME: """
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
    """,
}  # fmt: skip

LABELS: Final[dict[Subject, str]] = {
    Subject.HEALTH: """
        diabetic / epileptic / pregnant / autistic / schizophrenic / disabled / blind / deaf
        / sober / alcoholic / an addict / addict / depressed / infertile / immunocompromised
        / paraplegic / quadriplegic / anorexic / bulimic / neurodivergent / manic depressive
        / paralyzed / paralysed / terminally ill / chronically ill / seriously ill / hiv
        positive / hearing impaired / visually impaired / dyslexic / bipolar / asthmatic /
        celiac / obese / wheelchair bound / suicidal / housebound / bedridden / narcoleptic
        / on chemo / postpartum / menopausal
    """,
    Subject.NEGATIVE_FINANCE: """
        unemployed / insolvent / bankrupt / homeless / jobless / destitute
    """,
    Subject.POLITICS: """
        republican / republicans / democrat / democrats / socialist / socialists / communist
        / communists / marxist / libertarian / libertarians / anarchist / leftist / lefty /
        left wing / right wing / far right / far left / left leaning / right leaning / tory
        / brexiteer / remainer / centrist / nationalist / zionist / monarchist / activist /
        trumper / never trumper / antifascist
    """,
    Subject.RELIGION: """
        muslim / muslims / christian / christians / catholic / catholics / protestant /
        baptist / methodist / lutheran / evangelical / mormon / mormons / lds / jew / jews /
        jewish / hindu / hindus / buddhist / buddhists / sikh / sikhs / jain / atheist /
        atheists / agnostic / orthodox jew / orthodox jews / pentecostal / quaker /
        religious / sunni / shia / ahmadi / bahai / wiccan / pagan / satanist /
        scientologist / amish / mennonite / druze / maronite / copt / coptic / hijabi /
        theist / adventist / presbyterian / episcopalian / anglican / churchgoer / believer
        / nonbeliever / ex muslim / ex christian / ex catholic / ex mormon / orthodox /
        hasidic / haredi / messianic / unitarian / zoroastrian / taoist / rastafarian /
        shinto / animist
    """,
    Subject.SEXUALITY: """
        gay / lesbian / lesbians / bi / bisexual / trans / transgender / queer / asexual /
        pansexual / nonbinary / non binary / enby / ftm / mtf / genderqueer / genderfluid /
        closeted / polyamorous / homosexual / lgbt / lgbtq / demisexual / aromantic /
        intersex
    """,
    Subject.ETHNICITY: """
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
    """,
    Subject.UNION: "teamster / unionised / unionized / union",
    Subject.CRIME: """
        felon / ex con / ex felon / convict / fugitive / incarcerated
    """,
}

ADJECTIVES: Final[dict[Subject, str]] = {
    Subject.POLITICS: "conservative / liberal / progressive",
    Subject.ETHNICITY: "black / white / brown / asian / arab / indigenous / african",
}

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
    agency patients clinic clinics investor investors
""".split()
)

EXCEPTIONS: Final = """
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
    roommate bf gf hubby ex coworker colleague neighbor neighbour
""".split()
)
SELVES: Final = frozenset(
    """
    i i'm im i've ive i'd i'll me my mine myself we we're we've we'd we'll our ours us he she
    he's she's his her him himself herself
""".split()
)
