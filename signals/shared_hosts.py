"""Hosts that belong to many people: they say nothing of whose somebody is. Pure.

Sources: the addresses that networks and mail providers give; for endings under which everybody may
register, the second levels of publicsuffix.org that are in use by businesses.
"""

from __future__ import annotations

from typing import Final

#: Hosts where everybody has a page or a mailbox: never the domain of somebody.
_SHARED: Final = frozenset(
    """
    reddit.com redd.it x.com twitter.com t.co bsky.app bsky.social youtube.com youtu.be
    news.ycombinator.com ycombinator.com stackoverflow.com stackexchange.com serverfault.com
    superuser.com askubuntu.com stackapps.com mathoverflow.net mastodon.social mastodon.online
    mstdn.social mas.to lemmy.world lemmy.ml threads.net threads.com facebook.com fb.com
    instagram.com linkedin.com tiktok.com snapchat.com pinterest.com t.me telegram.me wa.me
    whatsapp.com discord.com discord.gg twitch.tv vk.com weibo.com quora.com medium.com
    substack.com wordpress.com blogspot.com blogger.com tumblr.com github.com github.io
    gitlab.com gitlab.io bitbucket.org linktr.ee beacons.ai about.me carrd.co bit.ly tinyurl.com
    google.com goo.gl apple.com amazon.com wikipedia.org notion.site wixsite.com weebly.com
    netlify.app vercel.app pages.dev herokuapp.com gmail.com googlemail.com outlook.com
    hotmail.com live.com msn.com yahoo.com ymail.com aol.com icloud.com me.com proton.me
    protonmail.com gmx.com gmx.de gmx.net web.de mail.com mail.ru yandex.ru zoho.com fastmail.com
    mac.com pm.me tutanota.com tuta.com tuta.io hey.com duck.com rocketmail.com inbox.com
    mailbox.org posteo.de t-online.de freenet.de arcor.de online.de vodafone.de orange.fr
    wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr libero.it virgilio.it alice.it tin.it
    tiscali.it btinternet.com sky.com virginmedia.com ntlworld.com talktalk.net comcast.net
    verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net
    optonline.net rogers.com shaw.ca sympatico.ca bigpond.com optusnet.com.au telenet.be
    skynet.be ziggo.nl xs4all.nl kpnmail.nl planet.nl home.nl bluewin.ch sunrise.ch telia.com
    inbox.ru list.ru bk.ru rambler.ru ukr.net i.ua seznam.cz centrum.cz wp.pl o2.pl onet.pl
    interia.pl gazeta.pl abv.bg mail.bg inbox.lv inbox.lt citromail.hu freemail.hu qq.com
    163.com 126.com sina.com sohu.com foxmail.com aliyun.com naver.com hanmail.net daum.net
    rediffmail.com sapo.pt terra.com.br uol.com.br bol.com.br ig.com.br maktoob.com
    """.split()
)
#: Mail and pages that one provider gives under the ending of every country: «hotmail.fr».
_EVERYWHERE: Final = frozenset(
    "hotmail outlook live msn yahoo ymail rocketmail googlemail gmx aol yandex blogspot".split()
)
#: What stands before a country's letters where everybody may register: «co.uk», «com.sa».
_SECOND_LEVELS: Final = frozenset(
    "ac co com edu go gob gouv gov govt mil ne net nom or org sch school".split()
)
#: Others, of one country each.
_OF_COUNTRIES: Final = {
    "ae": "name pro",
    "at": "gv priv",
    "au": "asn id",
    "br": "adv art blog eco eng ind inf med tur wiki",
    "eg": "eun name sci",
    "es": "nom",
    "fr": "asso prd tm",
    "hk": "idv",
    "id": "biz my web",
    "il": "idf k12 muni",
    "in": "firm gen ind nic res",
    "jp": "ad ed gr lg",
    "kr": "es hs kg ms pe re sc",
    "nz": "cri geek gen health iwi kiwi maori",
    "pl": "biz info",
    "ru": "msk pp spb",
    "sa": "med pub",
    "sg": "per",
    "th": "in mi",
    "tr": "av bbs bel biz dr gen info k12 name pol tel web",
    "tw": "club ebiz game idv",
    "uk": "ltd me nhs plc police",
    "za": "law web",
}
_ENDINGS: Final = frozenset(
    f"{level}.{country}" for country, levels in _OF_COUNTRIES.items() for level in levels.split()
)


def is_shared(host: str) -> bool:
    """Whether many people have a page, a mailbox or their own domain at a host or ending."""
    if host in _SHARED or _is_ending(host):
        return True
    provider, _, rest = host.partition(".")
    return provider in _EVERYWHERE and (_is_ending(rest) or ("." not in rest and len(rest) <= 3))


def _is_ending(host: str) -> bool:
    """«co.uk»: an ending of two parts under which everybody may register."""
    level, _, country = host.partition(".")
    return host in _ENDINGS or (level in _SECOND_LEVELS and len(country) == 2)
