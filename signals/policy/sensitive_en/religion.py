"""English words that speak of religion; what each table means stands in the package."""

from __future__ import annotations

from typing import Final

STATES: Final = """
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
    """

CONCERNS: Final = """
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
    """

LABELS: Final = """
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
    """
