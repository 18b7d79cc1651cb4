from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from prospects.fit import FITS, UNFIT, UNSURE, band_of, judge_fit

IDENTITIES = ("person", "unknown", "organisation", "seller", "competitor", "staff", "bot")


def test_a_person_on_topic_in_the_topics_language_fits() -> None:
    fit = judge_fit(language="en", languages=("en",), relevance=0.9, identity="person")
    assert (fit.value, fit.band) == (1.0, FITS)
    assert fit.reasons == ("fit.person", "fit.language", "fit.topic")


def test_what_lowers_it_is_named() -> None:
    other = judge_fit(language="fr", languages=("en",), relevance=0.9, identity="person")
    assert (other.band, other.reasons) == (UNFIT, ("fit.language_other",))
    unknown = judge_fit(language=None, languages=("en",), relevance=0.9, identity="person")
    assert (unknown.band, unknown.reasons) == (UNSURE, ("fit.language_unknown",))
    aside = judge_fit(language="en", languages=(), relevance=0.1, identity="person")
    assert (aside.band, aside.reasons) == (UNSURE, ("fit.topic_aside",))
    away = judge_fit(
        language="en", languages=(), relevance=0.9, identity="person", place="FR", places=("DE",)
    )
    assert away.reasons == ("fit.place_other",)


def test_a_place_counts_only_where_stated_and_asked_for() -> None:
    plain = judge_fit(language=None, languages=(), relevance=None, identity="unknown")
    assert plain.band == FITS
    for place, places in ((None, ("DE",)), ("DE", ()), ("DE", ("DE", "AT"))):
        fit = judge_fit(
            language=None, languages=(), relevance=None, identity="unknown", place=place,
            places=places,
        )  # fmt: skip
        assert fit.value == plain.value


@given(
    st.sampled_from((None, "en", "ar")), st.sampled_from(((), ("en",))),
    st.none() | st.floats(0, 1), st.sampled_from(IDENTITIES), st.sampled_from((None, "DE", "FR")),
    st.sampled_from(((), ("DE",))),
)  # fmt: skip
def test_fit_is_a_share_with_reasons_and_better_parts_never_lower_it(
    language: str | None,
    languages: tuple[str, ...],
    relevance: float | None,
    identity: str,
    place: str | None,
    places: tuple[str, ...],
) -> None:
    fit = judge_fit(
        language=language, languages=languages, relevance=relevance, identity=identity,
        place=place, places=places,
    )  # fmt: skip
    assert 0 <= fit.value <= 1
    assert fit.reasons
    assert fit.band == band_of(fit.value)
    better = judge_fit(
        language=language, languages=languages, relevance=1.0, identity="person", place=place,
        places=places,
    )  # fmt: skip
    assert better.value >= fit.value
