"""English phrases that say what an author is doing, by cue; matched on folded text."""

from __future__ import annotations

from typing import Final

#: cue -> phrases separated by "|". Folded: lower case, straight apostrophes, no dashes.
ENGLISH: Final[dict[str, str]] = {
    "asks_which": (
        "which should i|which one should|which one|which is better|which would you"
        "|which is best|which of these|which brand|which bank|which plan|what's the best"
        "|what is the best|whats the best|what are the best|what would be the best"
        "|who has the best|best way to|or should i|better option|torn between|can't decide"
        "|cant decide|trying to decide|deciding between|decide between|choose between"
        "|choosing between|help me choose|help me decide|help me pick|pros and cons"
        "|on the fence|better to|would i be better off|what kind of|what type of|what brand"
        "|make sense to|debating"
    ),
    "asks_recommendation": (
        "recommend|recommendations|recommendation|recommended|recs|suggestions|suggestion"
        "|suggest|any good|anyone tried|has anyone used|has anyone tried|anyone have experience"
        "|anyone had experience|any experience with|who do you use|what do you use"
        "|who do you guys use|where's a good|where is a good|is there a good|are there any good"
        "|good place to|point me in the right direction|point me to|pointers|anyone know a good"
        "|know of any|know of a good|any reviews|reviews of|opinions on|thoughts on"
    ),
    "asks_advice": (
        "any advice|advice|need advice|what should i do|should i|should we|what would you do"
        "|how should i|how should we|any tips|some tips|is it worth|worth it|worth getting"
        "|worth buying|thoughts|what do you think|need help|needing help|help me|please help"
        "|any help|can someone help|can anyone help|could someone|can someone explain|some help"
        "|need some help|where should i|where do i|where can i|where to start|how do i"
        "|how can i|how do you|how would i|how much should|how much does it cost|how much would"
        "|how much is|does anyone know|anyone know|do you know|any ideas|is it possible"
        "|do i need|can i|would it be|is it better|what are my options|my options|not sure what"
        "|not sure if|not sure how|not sure which|i don't know what|don't know where"
        "|don't know how|i have no idea|no idea what|no idea how|is it a good idea"
        "|is this a good idea|am i|would i|will i|what can i do|what do i do|what to do"
        "|appreciated|appreciate any|wondering if|wondering what|wondering how|i was wondering"
        "|just wondering|i wonder|confused about|lost on|clueless|eli5|guidance|any insight"
        "|any input|anything i should|what do i need|someone tell me|is there a way"
        "|is there any way|is it normal|thanks in advance|how hard is it|how long does it take"
        "|is this normal|are there any|is there any|is there a|is there an|first time|new to"
        "|total noob|newbie"
    ),
    "looking_for": (
        "looking for|in search of|searching for|in need of|i need a|i need an|i need to find"
        "|need to find|need a good|need someone|trying to find|can't find|cant find"
        "|anyone have a|i could use|in need|hunting for|we need a|we need an|seeking|request"
        "|wish there was|wish there were|wish i had|i wish my|someone please make"
        "|if only there was|does anyone sell|where to buy|where to get|where can we"
    ),
    "complains": (
        "i hate|hate my|terrible|awful|worst|fed up|sick of|tired of|frustrated|frustrating"
        "|disappointed|ridiculous|rip off|ripoff|ripped off|horrible|useless|garbage"
        "|never again|customer service|sucks|unacceptable|overcharged|overpriced|charged me"
        "|refuses to|on hold for|no response|waste of money|done with|had enough|annoyed"
        "|annoying|nightmare|pissed|so slow|still waiting|keeps charging|a joke"
        "|driving me crazy|driving me nuts|drives me crazy|at my wits end|at my wit's end"
        "|desperate|nobody answers"
    ),
    "reports_problem": (
        "broke|broken|stopped working|won't turn on|wont turn on|doesn't work|doesnt work"
        "|not working|isn't working|won't work|keeps crashing|keeps dropping|keeps breaking"
        "|died|is dying|issue with|issues with|problem with|problems with|having trouble"
        "|trouble with|having issues|having problems|struggling|leaking|leaks|cracked|worn out"
        "|falling apart|acting up|hurts|in pain|damaged|lost my|stolen|my problem"
        "|the problem is|can't afford|cant afford|in debt|behind on|denied|rejected|evicted"
        "|sued|no longer works|outdated"
    ),
    "switching": (
        "switch to|switching to|switch from|switching from|thinking of switching|alternative to"
        "|alternatives to|alternatives|cancel my|cancelling|canceling|replace my|replacing my"
        "|replace our|replacement for|get rid of|moving away from|ditch|ditching|leave my"
        "|leaving my|time for a new|drop my|looking to change|move my|transfer my|roll over"
        "|rollover|roll it over|upgrade from"
    ),
    "plans_to_buy": (
        "want to buy|wanting to buy|going to buy|looking to buy|planning to buy|plan to buy"
        "|plan on buying|thinking of buying|thinking about buying|thinking of getting"
        "|thinking about getting|in the market for|considering|looking to get|want to get"
        "|wanting to get|planning on getting|about to buy|ready to buy|trying to buy"
        "|need to buy|i'm buying|im buying|buying a|buying my first|looking at getting"
        "|shopping for|need a new|want a new|getting a new|looking to hire|want to hire"
        "|need to hire|hire a|hire an|looking to purchase|purchase a|purchasing"
        "|looking to upgrade|upgrading|want to upgrade|looking into|interested in|i want to"
        "|i'd like to|i would like to|looking to|planning to|planning on|thinking about"
        "|thinking of|we want to|signing up for|open an account|open a|get a quote|quotes from"
        "|before i buy|to invest|wtb|in the next few|next month|next year|trying to get"
    ),
    "names_budget": (
        "my budget|budget is|budget of|on a budget|price range|under $|around $|less than $"
        "|up to $|can afford|willing to pay|willing to spend|i can spend|to spend"
        "|don't want to spend|affordable|cheap|cheaper|cheapest|inexpensive|reasonable price"
        "|reasonably priced|how much money|save money|low cost|within budget"
    ),
    "leaves_employer": (
        "quit my job|quitting my job|leaving my job|left my job|laid off|lost my job|got fired"
        "|new job|changing jobs|change jobs|starting a new job|old employer|former employer"
        "|previous employer|switching jobs|job offer|career change|old job|my last job"
        "|unemployed|starting my own|started my own|starting a business|start a business"
    ),
    "retires": (
        "about to retire|retiring|i'm retiring|plan to retire|planning to retire|when i retire"
        "|near retirement|nearing retirement|close to retirement|just retired|retire early"
        "|retire at|retire in"
    ),
    "moves": (
        "i'm moving|im moving|we're moving|we are moving|moving in|moving out|relocating"
        "|just moved|move out|moving from|new apartment|new house|first apartment|first house"
        "|first home|bought a house|buying a house|new place|our new home|closing on|homeowner"
        "|moving into"
    ),
    "family_event": (
        "getting married|got engaged|got married|newlywed|expecting|pregnant|having a baby"
        "|newborn|new baby|first child|first baby|due in|baby on the way|divorce|divorced"
        "|divorcing|passed away|inherited|inheritance|graduated|graduating|going to college"
        "|starting college|new puppy|adopted|turning 18|turned 18|just turned|my anniversary"
        "|diagnosed|new to the area|starting school|our wedding|my wedding"
    ),
    "speaks_of_self": (
        "my|i have|i've|i'm|im|i am|we have|we're|we are|we've|our|my wife|my husband"
        "|my boyfriend|my girlfriend|my parents|my mom|my dad|my company|our company"
        "|my situation|i currently|i just|mine|myself"
    ),
    "offers_service": (
        "for hire|i offer|we offer|offering|my services|our services|services include|for sale"
        "|selling|i'm selling|dm me|pm me|dm us|message me|check out my|check out our|discount"
        "|promo code|coupon|use code|free shipping|giveaway|we launched|i launched|launching"
        "|we're hiring|we are hiring|now hiring|order now|order yours|limited time|link in bio"
        "|contact us|visit us|visit our|call us|starting at $|wts|wtt|my shop|our shop|my store"
        "|our store|my etsy|our new|my portfolio|portfolio|my rates|rates start|shipped|obo"
        "|paypal|asking price|open for commissions|commissions|free trial|sign up today"
        "|book now|our team|our customers|our clients|clients|we help|i help|get yours|buy now"
        "|shop now|% off|on sale|years of experience|years experience|our product|our app"
        "|my app|feedback on my|i built|i made|we built|i created|kickstarter|indiegogo"
        "|free consultation|hit me up|reach out|available for|take advantage|best prices"
        "|guaranteed"
    ),
    "gives_advice": (
        "you should|pro tip|protip|psa|guide|here's how|here is how|tips for|my advice"
        "|i recommend|i'd recommend|i would recommend|i suggest|i'd suggest|make sure you"
        "|in case anyone|thought i'd share|thought i would share|hope this helps|tutorial|lpt"
        "|don't forget to|remember to|you can also|if you want|if you're looking|you need to"
        "|you'll want to|step 1|how i|lessons|things i learned|what i learned|what i've learned"
        "|i highly recommend|highly recommend|for those of you|a list of|resources|infographic"
        "|walkthrough|ask me anything|ama|i am a lawyer|as someone who|in my experience"
        "|you could|have you tried|your best bet|go with|don't buy|avoid"
    ),
    "reports_news": (
        "til|breaking|announces|announced|according to|study|report|reported|reports"
        "|researchers|government|congress|senate|police|officials|lawsuit|says|court|ceo"
        "|billion|million|percent|x post|xpost|article|interview with|review|episode|season"
        "|trailer|released|leaked|rumor|obama|scientists|u.s|new study|breaking news"
        "|in the news"
    ),
    "chats": (
        "lol|lmao|haha|hahaha|meme|my favorite|my favourite|so excited|look at|this is why"
        "|just got my|check this out|i love my|love my|so happy|proud of|awesome"
        "|finally finished|saw this|found this|i found|this guy|so i was|story|funny|hilarious"
        "|joke|made this|my first attempt|picture of|pic of|pics|photo|here's my|here is my"
        "|what i think of|throwback|so cute|rant|shower thought|til that|enjoy|anyone else"
        "|does anyone else|dae|fun fact|remember when|when you|mfw|tifu|am i the only one"
    ),
    "settled": (
        "ended up buying|ended up going with|ended up getting|problem solved|solved|i went with"
        "|went ahead and bought|just bought|i bought|already bought|finally bought|finally got"
        "|decided to go with|got it fixed|just arrived|thanks everyone|thank you all"
        "|thanks to everyone|just picked up|picked up my|got my new|came in the mail"
        "|just installed|successfully|no longer need|already ordered|just ordered|i've ordered"
        "|got a new|just got a|just got|success story|i did it|worked out|so glad i|update"
    ),
    "asks_everyone": (
        "of reddit|reddit what|redditors|those of you|what do you guys|what's your|what is your"
        "|what are your|do you guys|does anyone else|how many of you|who else|discussion"
        "|unpopular opinion|discuss|do any of you|what was your|what's the worst"
        "|what is the worst|what did you|have you ever|how did you|why do|why does|why is"
        "|why are|what if|do you think|would you rather|let's talk|share your|your thoughts"
        "|ask reddit|askreddit|serious|curious|hypothetically|how does|what happens|did you"
        "|what makes|who here|have any of you|for a friend|for a class|for school|homework"
        "|for a project|survey|essay"
    ),
    "wants_free": (
        "for free|free version|torrent|pirate|pirated|crack for|free download|without paying"
        "|diy|myself for fun|homemade"
    ),
}
