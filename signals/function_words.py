"""Words that say nothing of a subject, by their class: grammar, number, time, opinion, talk itself.

Closed classes of English and Arabic, folded as posts are, the article taken off. Whatever a phrase
is to mean must come from another word: see ``signals.suggest``, which besides takes no word for
one that stands in very many posts of everywhere, in whatever language.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from signals.topics import clitics

_ENGLISH: Final = """
a an the this that these those such same other others another each every either neither both all
any some no none few fewer less least more most much many several enough own certain various whole
i me my mine myself we us our ours ourselves you your yours yourself u ur he him his himself she
her hers herself it its itself they them their theirs themselves one ones who whom whose which
what whatever whoever whichever someone somebody something anyone anybody anything everyone
everybody everything nobody nothing about above across after against along among amongst around as
at before behind below beneath beside besides between beyond by despite down during except for
from in inside into like near of off on onto out outside over past per since than through
throughout till to toward towards under until unto up upon versus via vs with within without and
or but nor so yet because although though while whereas if unless whether when whenever where
wherever why how however therefore thus hence otherwise instead also too then there here thereby
am is are was were be been being do does did done doing have has had having will would shall
should can could may might must ought cannot s t m d ll re ve don doesn didn isn aren wasn weren
won wouldn couldn shouldn hasn haven hadn im ive id dont doesnt didnt isnt arent wasnt wont cant
couldnt wouldnt shouldnt hasnt havent thats whats theres gonna wanna gotta lot lots bit get gets
got getting gotten go goes going gone went come comes came coming make makes made making take
takes took taking taken give gives gave given giving put puts putting keep keeps kept let lets say
says said saying tell tells told think thinks thought thinking know knows knew known knowing see
sees saw seen seeing look looks looked looking want wants wanted wanting need needs needed needing
try tries tried trying use uses used using seem seems seemed feel feels felt feeling find finds
found finding ask asks asked asking mean means meant happen happens happened start starts started
starting end ends ended stop stops stopped become becomes became wonder wondering guess not never
ever always often sometimes usually rarely again already almost still just only even really very
quite rather pretty actually basically literally probably maybe perhaps especially simply
absolutely definitely certainly exactly mostly nearly far away back forward together apart well ok
okay oh hi hello hey yes yeah yep please thanks thank sorry anyways anyway etc eg ie edit update
post posts thread comment comments reply read link http https www com org net html reddit r amp gt
lt nbsp tldr tl dr lol
"""
_ENGLISH_LOOSE: Final = """
good better best bad worse worst great nice fine big small large little long short high low new
old right wrong sure able likely different similar important possible real true full next last
first second third previous recent current former final main general zero two three four five six
seven eight nine ten eleven twelve hundred thousand million billion half quarter dozen number
numbers once twice now today tonight tomorrow yesterday soon later earlier ago recently lately
currently eventually finally anymore time times moment minute minutes hour hours day days daily
week weeks weekly weekend month months monthly year years yearly annual annually decade decades
morning afternoon evening night monday tuesday wednesday thursday friday saturday sunday january
february march april june july august september october november december spring summer autumn
winter person people guy guys man men woman women thing things stuff way ways kind kinds sort
sorts type types part parts case cases place places fact reason reasons point idea example
question questions
"""
_ARABIC: Final = """
في من علي الي عن مع بين تحت فوق امام خلف وراء قبل بعد عند عندي عندك لدي حول خلال ضد دون بدون غير
سوي منذ حتي مثل كي لكي ل ب ك و ف س ان انه انها اني اننا انهم لان لانه لانها لاني كان كانت كنت
كانوا يكون تكون اكون نكون ليس ليست لست صار اصبح ما لا لم لن لو لولا اذا اذ الا ام او اما ثم بل لكن
لكنه لكني قد لقد سوف هل يا ايها اي ايه كيف متي اين لماذا ليش ليه شو ايش وش ماذا كم هو هي هم هن انا
انت انتم نحن احنا هذا هذه هذي هذان هذين هؤلاء ذلك تلك هنا هناك هنالك الذي التي الذين اللي ذي كل
كله كلها جميع بعض احد احدا شخص شي شيء اشياء حاجه نفس ذات ايضا كذلك كذا هكذا جدا كثير كثيرا قليل
قليلا اكثر اقل فقط بس كمان يعني طيب ربما لعل ممكن يمكن لازم يجب ينبغي اريد اود ابغي عايز بدي نريد
تريد يريد احتاج فيه فيها فيهم منه منها منهم له لها لهم لي لك لنا به بها بهم عليه عليها عليهم اليه
اليها معه معها معي عنه عنها عندها عنده شكرا رجاء سلام السلام عليكم مرحبا اهلا هلا وسهلا صباح الخير
سمحت سمحتم فضلك
"""
_ARABIC_LOOSE: Final = """
واحد واحده اثنان اثنين ثلاثه اربعه خمسه سته سبعه ثمانيه تسعه عشره مئه الف مليون اول اولي ثاني
ثانيه ثالث اخر اخري اخير نصف ربع مره مرات الان حاليا يوم ايام يومي يوميا اسبوع اسابيع شهر شهور
اشهر شهري شهريا سنه سنوات سنين عام اعوام ساعه ساعات دقيقه دقائق وقت اليوم غدا امس بكره مبارح صباح
مساء ليل ليله دائما ابدا احيانا غالبا قريبا مؤخرا جديد جديده قديم كبير كبيره صغير صغيره جيد جيده
افضل احسن سيء ناس رجل رجال امراه طريقه نوع سؤال
"""


#: Prepositions that take a pronoun at their end, as it is then written, and the pronouns.
_BEFORE_PRONOUNS: Final = (
    "عند لدي في من عن علي الي مع ل ب بين بعد قبل حول ان لان كان لكن مثل كل نفس غير بدون"
)
_PRONOUNS: Final = "ي ك ه ها هم هن كم نا ني"


def _spread(words: Iterable[str]) -> set[str]:
    """With what Arabic writes before a word: "and from" is one word there."""
    return {before + word for word in words for before in clitics()}


def _with_pronouns() -> set[str]:
    """What means "with us" or "from them", each of which is one word in Arabic."""
    return {
        before + pronoun for before in _BEFORE_PRONOUNS.split() for pronoun in _PRONOUNS.split()
    }


#: Grammar, verbs of no subject, talk: no phrase begins or ends with one.
FUNCTION_WORDS: Final = frozenset(_ENGLISH.split()) | _spread({*_ARABIC.split(), *_with_pronouns()})
#: Number, time, size, opinion: they may go with a word that means something, never alone.
LOOSE_WORDS: Final = frozenset(_ENGLISH_LOOSE.split()) | _spread(_ARABIC_LOOSE.split())
