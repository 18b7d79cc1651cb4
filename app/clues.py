"""Names of who accounts are, of what speaks for it, of fit and of what is missing from a warmth."""

from __future__ import annotations

from typing import Final

#: Who somebody is, beside their name.
IDENTITIES: Final = {
    "person": "Person",
    "unknown": "Not known",
    "organisation": "Organisation",
    "seller": "Seller",
    "competitor": "Competitor",
    "staff": "Our own staff",
    "bot": "Machine",
}
#: Why we think so.
CLUES: Final = {
    "identity.on_list_staff": "On the list of our own staff",
    "identity.on_list_competitor": "On the list of competitors",
    "identity.profile_bot": "The profile says it is a machine",
    "identity.bot_name": "Named like a machine",
    "identity.posts_like_a_machine": "Posts more in an hour than anybody writes",
    "identity.repeats_itself": "Posts the same text again and again",
    "identity.sounds_like_selling": "Sounds like selling",
    "identity.campaign": "Posts a text that many accounts post",
    "identity.mostly_links": "Posts mostly links",
    "identity.profile_sells": "The profile sells something",
    "identity.new_account": "The account is less than a month old",
    "identity.profile_company": "The profile is a company's",
    "identity.profile_person": "The profile is a person's",
    "identity.speaks_of_self": "Speaks of their own life",
}
#: What fit is made of.
FITS: Final = {
    "fit.person": "A person",
    "fit.unknown": "Perhaps a person",
    "fit.organisation": "An organisation",
    "fit.seller": "A seller",
    "fit.competitor": "A competitor",
    "fit.staff": "One of us",
    "fit.bot": "A machine",
    "fit.language": "In the topic's language",
    "fit.language_unknown": "Language not known",
    "fit.language_other": "In another language",
    "fit.topic": "About the topic",
    "fit.topic_aside": "Names the topic in passing",
    "fit.place": "In the topic's region",
    "fit.place_other": "In another region",
}
#: What would make a warmth higher.
MISSING: Final = {
    "missing.age": "Most of it has faded",
    "missing.intent": "The need is not said clearly",
    "missing.relevance": "It is hardly about the topic",
    "missing.identity": "Who they are counts less",
    "missing.repeat": "They say the same again",
}
