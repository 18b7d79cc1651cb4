from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import Refused
from signals.collectors.contract import Kind
from signals.files.formats import Decoder, Read
from signals.files.lines import Line

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
FUTURE = timedelta(hours=48)


def decoder(network: str | None = None, format: str = "auto") -> Decoder:  # noqa: A002 - as the class names it
    return Decoder(network=network, format=format, now=NOW, future=FUTURE)


def read_all(
    content: str | bytes, network: str | None = None, shift: timedelta = timedelta(0)
) -> Read:
    data = content.encode() if isinstance(content, str) else content
    reader = decoder(network)
    lines = data.splitlines(keepends=True) if b"\n" in data else [data]
    reads = [reader.decode(Line(number, line), shift=shift) for number, line in enumerate(lines, 1)]
    reads.append(reader.finish(len(lines), shift=shift))
    return Read(
        tuple(e for read in reads for e in read.engagements),
        tuple(d for read in reads for d in read.deletions),
        tuple(b for read in reads for b in read.bad),
    )


def own(**changes: Any) -> dict[str, Any]:
    row = {
        "external_id": "p1",
        "kind": "post",
        "author": {"external_id": "a1", "handle": "ann"},
        "text": "retirement planning?",
        "occurred_at": "2026-11-20T10:00:00Z",
    }
    return {key: value for key, value in (row | changes).items() if value is not ...}


def reddit(**changes: Any) -> dict[str, Any]:
    return {
        "id": "abc", "author": "ann", "title": "Which fund?", "selftext": "Help", "score": 1,
        "subreddit": "retirement", "created_utc": 1763632800, "permalink": "/r/retirement/abc/",
    } | changes  # fmt: skip


class TestOwn:
    def test_a_whole_row(self) -> None:
        row = own(
            network="forum", url="https://f.example/1", target_external_id="p0",
            parent_external_id="t", community="c", language="en", edited_at="2026-11-21",
            record_ref="r", metrics={"likes": 3, "views": None}, flags=["bot"],
        )  # fmt: skip
        [one] = read_all(json.dumps(row)).engagements
        assert (one.network, one.external_id, one.kind, one.author.handle) == (
            "forum", "p1", Kind.POST, "ann",
        )  # fmt: skip
        assert one.metrics == {"likes": 3, "views": None}
        assert one.edited_at == datetime(2026, 11, 21, tzinfo=UTC)
        assert (one.target_external_id, one.record_ref, one.community) == ("p0", "r", "c")

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"external_id": ...}, "external_id"),
            ({"external_id": ""}, "external_id is empty"),
            ({"kind": ...}, "kind"),
            ({"kind": "shout"}, "shout"),
            ({"author": ...}, "author"),
            ({"author": {}}, "external_id"),
            ({"author": {"external_id": ""}}, "external_id is empty"),
            ({"author": "ann"}, "author"),
            ({"occurred_at": ...}, "occurred_at is missing"),
            ({"occurred_at": "yesterday"}, "is not a date"),
            ({"text": 5}, "text"),
            ({"flags": ["odd"]}, "odd"),
        ],
    )
    def test_what_is_missing_is_named(self, changes: dict[str, Any], why: str) -> None:
        read = read_all(json.dumps(own(**changes)))
        assert read.engagements == ()
        [bad] = read.bad
        assert why in bad.reason
        assert bad.number == 1
        assert bad.raw

    def test_a_bad_line_does_not_spoil_its_neighbours(self) -> None:
        good = json.dumps(own())
        read = read_all(f"{good}\n{{broken\n\n{good[:40]}\n[1, 2]\nnull\n{good}\n")
        assert len(read.engagements) == 2
        assert [bad.number for bad in read.bad] == [2, 4, 5, 5, 6]

    def test_a_first_line_that_was_cut_does_not_swallow_the_file(self) -> None:
        good = json.dumps(own())
        read = read_all(f"{good[:60]}\n{good}\n{good}\n")
        assert len(read.engagements) == 2
        assert [bad.number for bad in read.bad] == [1]


class TestDates:
    @pytest.mark.parametrize(
        ("value", "instant"),
        [
            ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
            ("2026-11-20T10:00:00+03:00", datetime(2026, 11, 20, 7, tzinfo=UTC)),
            ("2026-11-20 10:00", datetime(2026, 11, 20, 10, tzinfo=UTC)),
            ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
            (1763632800, datetime(2025, 11, 20, 10, tzinfo=UTC)),
            (1763632800.5, datetime(2025, 11, 20, 10, 0, 0, 500_000, tzinfo=UTC)),
            ("1763632800", datetime(2025, 11, 20, 10, tzinfo=UTC)),
            (1763632800123, datetime(2025, 11, 20, 10, 0, 0, 123_000, tzinfo=UTC)),
            ("1763632800123", datetime(2025, 11, 20, 10, 0, 0, 123_000, tzinfo=UTC)),
        ],
    )
    def test_forms(self, value: object, instant: datetime) -> None:
        [one] = read_all(json.dumps(own(occurred_at=value))).engagements
        assert one.occurred_at == instant

    @pytest.mark.parametrize(
        "value",
        ["2026-11-28", "2600-01-01", "1989-12-31", "0001-01-01T00:00:00+14:00", 0, -5, 1e18,
         "9" * 30, "9999-12-31T23:59:59-14:00", "", "²²²²²²²²²"],
    )  # fmt: skip
    def test_what_cannot_be_right_is_refused(self, value: object) -> None:
        read = read_all(json.dumps(own(occurred_at=value)))
        assert read.engagements == ()
        assert len(read.bad) == 1

    def test_a_clock_a_little_ahead_is_believed(self) -> None:
        assert len(read_all(json.dumps(own(occurred_at="2026-11-26"))).engagements) == 1

    def test_minutes_ago(self) -> None:
        [one] = read_all(json.dumps(own(occurred_at=..., minutes_ago=90))).engagements
        assert one.occurred_at == NOW - timedelta(minutes=90)

    @pytest.mark.parametrize("minutes", [1e300, -1e300, -1e6, 1e9])
    def test_minutes_ago_out_of_all_bounds(self, minutes: float) -> None:
        read = read_all(json.dumps(own(occurred_at=..., minutes_ago=minutes)))
        assert read.engagements == ()
        assert len(read.bad) == 1

    def test_a_shift_moves_both_dates(self) -> None:
        text = json.dumps(own(occurred_at="2020-01-01", edited_at="2020-01-02"))
        [one] = read_all(text, shift=timedelta(days=10)).engagements
        assert one.occurred_at == datetime(2020, 1, 11, tzinfo=UTC)
        assert one.edited_at == datetime(2020, 1, 12, tzinfo=UTC)

    def test_a_shift_out_of_the_calendar_is_one_bad_line(self) -> None:
        text = json.dumps(own(occurred_at="9999-12-31"))
        assert len(read_all(text, shift=timedelta(days=9000)).bad) == 1

    def test_an_edit_no_database_can_hold_is_left_out(self) -> None:
        [one] = read_all(json.dumps(own(edited_at="0001-01-01T00:00:00+14:00"))).engagements
        assert one.edited_at is None


class TestBytes:
    def test_a_byte_order_mark_is_no_part_of_the_first_line(self) -> None:
        assert len(read_all(b"\xef\xbb\xbf" + json.dumps(own()).encode()).engagements) == 1

    def test_invalid_utf8_is_one_bad_line(self) -> None:
        good = json.dumps(own()).encode()
        read = read_all(good + b"\n" + good[:80] + b"\xff\xfe\n" + good)
        assert len(read.engagements) == 2
        assert "not UTF-8 (byte 81" in read.bad[0].reason

    def test_a_nul_is_one_bad_line(self) -> None:
        assert [bad.reason for bad in read_all(b'{"a": "\x00"}').bad] == ["a NUL byte"]

    def test_a_line_over_the_limit_is_one_bad_line(self) -> None:
        read = decoder().decode(Line(7, None))
        assert [(bad.number, bad.raw) for bad in read.bad] == [(7, "")]
        assert "longer than allowed" in read.bad[0].reason

    @pytest.mark.parametrize(
        "text", ["[" * 5000 + "]" * 5000, '{"a":' * 5000 + "1" + "}" * 5000, "[" * 900 + "]" * 900]
    )
    @pytest.mark.parametrize("network", [None, "x", "reddit", "bluesky"])
    def test_deep_nesting_is_no_crash(self, text: str, network: str | None) -> None:
        assert read_all(text, network).engagements == ()

    @settings(max_examples=200, deadline=None)
    @given(
        st.one_of(
            st.binary(max_size=80),
            st.text(alphabet='{}[]":,\\u0d8 an1\n\r', max_size=60).map(str.encode),
            st.recursive(
                st.none() | st.integers() | st.floats() | st.text(max_size=5),
                lambda inner: st.one_of(
                    st.lists(inner, max_size=3),
                    st.dictionaries(
                        st.sampled_from("external_id author data kind children id text "
                                        "created_utc subreddit author_id time_us did".split()),
                        inner, max_size=6,
                    ),
                ),
                max_leaves=12,
            ).map(lambda value: json.dumps(value).encode()),
        ),
        st.sampled_from([None, "reddit", "x", "bluesky", "file"]),
    )  # fmt: skip
    def test_no_line_of_json_raises(self, data: bytes, network: str | None) -> None:
        reader = Decoder(network=network, format="jsonl", now=NOW, future=FUTURE)
        reads = [reader.decode(Line(1, data)), reader.decode(Line(2, data)), reader.finish(2)]
        assert all(bad.reason for read in reads for bad in read.bad)


class TestCsv:
    HEADER = "Text,Author,Date,Community\n"

    def test_rows(self) -> None:
        text = self.HEADER + '"need, help",Ann,2026-11-20,c\nsecond,bob,1763632800,\n'
        read = read_all(text)
        assert [(e.text, e.author.handle, e.author.external_id) for e in read.engagements] == [
            ("need, help", "Ann", "ann"),
            ("second", "bob", "bob"),
        ]
        assert read.bad == ()

    def test_the_same_row_has_the_same_id(self) -> None:
        text = self.HEADER + "a,ann,2026-11-20,\n" + "b,ann,2026-11-20,\n"
        ids = [e.external_id for e in read_all(text).engagements]
        assert ids == [e.external_id for e in read_all(text).engagements]
        assert ids[0] != ids[1]

    def test_quoted_newlines(self) -> None:
        text = self.HEADER + '"one\n\ntwo ""quoted""\n",ann,2026-11-20,\nnext,bob,2026-11-20,\n'
        read = read_all(text)
        assert [e.text for e in read.engagements] == ['one\n\ntwo "quoted"', "next"]

    @pytest.mark.parametrize("separator", ["\u2028", "\x85", "\x0b", "\x1c"])
    def test_other_line_separators_belong_to_the_field(self, separator: str) -> None:
        read = read_all(self.HEADER + f"one{separator}two,ann,2026-11-20,\n")
        assert [e.text for e in read.engagements] == [f"one{separator}two"]

    def test_an_unclosed_quote_is_told_at_the_end(self) -> None:
        read = read_all(self.HEADER + 'good,ann,2026-11-20,\n"bad,ann,2026-11-20,\nmore\n')
        assert len(read.engagements) == 1
        assert [(bad.number, bad.reason) for bad in read.bad] == [
            (4, "a quoted field is not closed")
        ]

    def test_an_unclosed_quote_does_not_swallow_a_long_file(self) -> None:
        rows = "".join(f"text {n},ann,2026-11-20,{'x' * 80}\n" for n in range(4000))
        read = read_all(self.HEADER + '"bad,ann,2026-11-20,\n' + rows)
        assert len(read.engagements) > 2500
        assert len(read.bad) == 1

    @pytest.mark.parametrize(
        ("header", "missing"),
        [
            ("title,date", "author"),
            ("author,date", "text"),
            ("text,author", "date"),
            ("foo;bar", "text, author, date"),
        ],
    )
    def test_a_header_that_lacks_a_need_is_refused(self, header: str, missing: str) -> None:
        with pytest.raises(Refused, match=f"no column for {missing}"):
            read_all(header + "\nrow\n")

    @pytest.mark.parametrize(
        ("row", "why"),
        [
            ("a,b", "2 fields where the header has 4"),
            ("a,,2026-11-20,", "author is empty"),
            ("a,ann,,", "date is empty"),
            ("a,ann,soon,", "not a date"),
            ('a"b"c" ,ann,2026-11-20,"x"y"', "not a CSV row"),
        ],
    )
    def test_bad_rows(self, row: str, why: str) -> None:
        read = read_all(f"{self.HEADER}{row}\ngood,ann,2026-11-20,\n")
        assert [bad for bad in read.bad if why in bad.reason]
        assert len(read.engagements) == 1


class TestNetworks:
    def test_reddit_objects_in_lines(self) -> None:
        comment = {"id": "c1", "author": "bob", "body": "me too", "link_id": "t3_abc",
                   "parent_id": "t3_abc", "subreddit": "r", "created_utc": 1763632900}  # fmt: skip
        gone = reddit(id="gone", author="[deleted]")
        read = read_all("\n".join(json.dumps(one) for one in (reddit(), comment, gone)))
        assert [(e.kind, e.external_id) for e in read.engagements] == [
            (Kind.POST, "t3_abc"),
            (Kind.COMMENT, "t1_c1"),
        ]
        assert [ref.external_id for ref in read.deletions] == ["t3_gone"]

    def test_a_reddit_listing(self) -> None:
        listing = {
            "kind": "Listing",
            "data": {"after": None, "children": [
                {"kind": "t3", "data": reddit()},
                {"kind": "t3", "data": reddit(id=None)},
                {"kind": "t3", "data": reddit(id="b")},
            ]},
        }  # fmt: skip
        for text in (json.dumps(listing), json.dumps(listing, indent=2)):
            read = read_all(text)
            assert [e.external_id for e in read.engagements] == ["t3_abc", "t3_b"]
            assert len(read.bad) == 1

    def test_a_thread_with_replies_is_not_taken_for_a_listing(self) -> None:
        reply = {"kind": "Listing", "data": {"children": []}}
        comment = {"id": "c1", "author": "bob", "body": 'the "children" are fine', "replies": reply,
                   "link_id": "t3_abc", "parent_id": "t3_abc", "subreddit": "retirement",
                   "created_utc": 1763632900}  # fmt: skip
        child = {"kind": "t1", "data": comment}
        thread = [{"kind": "Listing", "data": {"children": [child]}}, child, comment]
        read = read_all(json.dumps(thread))
        assert [e.external_id for e in read.engagements] == ["t1_c1"] * 3
        assert read.bad == ()

    X = {  # noqa: RUF012 - read only
        "data": [
            {"id": "1990000000000000001", "text": "retirement planning?", "author_id": "7"},
            {"id": "1990000000000000002", "text": "no author"},
        ],
        "includes": {"users": [{"id": "7", "username": "ann"}]},
    }

    @pytest.mark.parametrize("indent", [None, 2, 4])
    def test_a_page_of_x_also_pretty_printed(self, indent: int | None) -> None:
        read = read_all(json.dumps(self.X, indent=indent))
        assert [(e.network, e.author.handle) for e in read.engagements] == [("x", "ann")]
        assert len(read.bad) == 1

    def test_several_pages_of_x_in_lines(self) -> None:
        read = read_all("\n".join(json.dumps(self.X) for _ in range(3)))
        assert len(read.engagements) == 3

    def test_jetstream_lines(self) -> None:
        def event(**commit: Any) -> str:
            return json.dumps({
                "did": "did:plc:ann", "time_us": 1763632800000000, "kind": "commit",
                "commit": {"collection": "app.bsky.feed.post", "rkey": "k1"} | commit,
            })  # fmt: skip

        record = {"text": "retirement planning?", "createdAt": "2025-11-20T10:00:00Z"}
        text = "\n".join((event(operation="create", record=record), event(operation="delete")))
        read = read_all(text)
        assert [e.network for e in read.engagements] == ["bluesky"]
        assert [ref.external_id for ref in read.deletions] == [read.engagements[0].external_id]

    @pytest.mark.parametrize("indent", [None, 2])
    def test_an_array_of_mixed_objects(self, indent: int | None) -> None:
        read = read_all(json.dumps([own(), reddit(), own(kind="odd"), self.X], indent=indent))
        assert [e.network for e in read.engagements] == ["file", "reddit", "x"]
        assert len(read.bad) == 2

    def test_a_forced_network(self) -> None:
        assert read_all(json.dumps(reddit()), "reddit").engagements[0].network == "reddit"
        assert "not a page" in read_all(json.dumps(own()), "x").bad[0].reason


def test_unknown_network_and_format_are_refused() -> None:
    with pytest.raises(Refused, match="Network 'myspace'"):
        decoder("myspace")
    with pytest.raises(Refused, match="Format 'xml'"):
        decoder(format="xml")
