"""English words that speak of being short of money; what each table means stands in the package."""

from __future__ import annotations

from typing import Final

STATES: Final = """
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
        debt collectors / i live in my car / we live in our car / living out of my car /
        living in my car / living out of our car / living in our car / living out of my van /
        live in my van because / a
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
    """

CONCERNS: Final = """
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
    """

LABELS: Final = """
        unemployed / insolvent / bankrupt / homeless / jobless / destitute
    """
