"""Moving in from ChatGPT."""

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from acechat.chatgpt import conversations, read_export
from acechat.models import Role, Whole

UUID = "6f0c4b1e-0000-4000-8000-0000000000{:02x}"


def node(
    number: int,
    parent: int | None,
    role: str,
    content: dict[str, Any] | None,
    *,
    children: tuple[int, ...] = (),
    **about: object,
) -> tuple[str, dict[str, Any]]:
    message = content and {
        "id": UUID.format(number),
        "author": {"role": role},
        "create_time": 1_700_000_000.0 + number,
        "content": content,
        "recipient": about.pop("recipient", "all"),
        "metadata": about,
    }
    return UUID.format(number), {
        "id": UUID.format(number),
        "message": message,
        "parent": None if parent is None else UUID.format(parent),
        "children": [UUID.format(child) for child in children],
    }


def text(*parts: object) -> dict[str, Any]:
    return {"content_type": "text", "parts": list(parts)}


EXPORT = [
    {
        "title": "Sorting",
        "create_time": 1_700_000_000.0,
        "update_time": 1_700_000_100.0,
        "conversation_id": UUID.format(99),
        "current_node": UUID.format(7),
        "mapping": dict(
            [
                node(1, None, "system", None, children=(2,)),
                node(2, 1, "system", text("hidden"), children=(3,)),
                node(3, 2, "user", text("How do I sort?"), children=(4, 5)),
                node(4, 3, "assistant", text("Use `sort`."), model_slug="gpt-4"),
                node(
                    5,
                    3,
                    "assistant",
                    {"content_type": "code", "text": "search()"},
                    children=(6,),
                    recipient="browser",
                ),
                node(6, 5, "tool", text("a page"), children=(7,)),
                node(7, 6, "assistant", text("Use ", "`sorted`."), model_slug="gpt-4o"),
            ]
        ),
    }
]


def only(export: object) -> Whole:
    (found,) = conversations(export)
    assert isinstance(found, Whole)
    return found


def test_a_conversation_moves_in_with_all_its_lines() -> None:
    found = only(EXPORT)
    assert (found.conversation.title, found.conversation.updated_at) == ("Sorting", 1_700_000_100.0)
    question, first, second = found.messages
    assert (question.role, question.text, question.parent_id) == (Role.USER, "How do I sort?", None)
    assert (first.text, first.model, first.parent_id) == ("Use `sort`.", "gpt-4", question.id)
    # What the tools did is left out; what followed it follows what came before it.
    assert (second.text, second.model) == ("Use \n\n`sorted`.", "gpt-4o")
    assert second.parent_id == question.id
    assert found.last_id == second.id
    assert question.created_at == 1_700_000_003.0


def test_ids_are_the_same_each_time() -> None:
    assert only(EXPORT) == only(json.loads(json.dumps(EXPORT)))
    assert only(EXPORT).conversation.id == UUID.format(99).replace("-", "")


def test_pictures_are_named_and_hidden_messages_left_out() -> None:
    row = json.loads(json.dumps(EXPORT[0]))
    mapping = row["mapping"]
    mapping[UUID.format(3)]["message"]["content"] = {
        "content_type": "multimodal_text",
        "parts": [{"content_type": "image_asset_pointer"}, "What is this?"],
    }
    mapping[UUID.format(4)]["message"]["metadata"]["is_visually_hidden_from_conversation"] = True
    question, answer = only([row]).messages
    assert question.text == "[image]\n\nWhat is this?"
    assert answer.model == "gpt-4o"


def test_a_conversation_that_is_not_as_it_should_be_is_named_and_the_others_come() -> None:
    bad, good = conversations([{"title": "x"}, *EXPORT])
    assert bad == "conversation 1 is not as ChatGPT exports them"
    assert isinstance(good, Whole)


@pytest.mark.parametrize("moment", ["1e20", "-1e20", "1e999", "NaN", "1" + "0" * 400])
@pytest.mark.parametrize("key", ["update_time", "create_time"])
def test_a_time_that_no_calendar_shows_is_named(key: str, moment: str) -> None:
    row = json.loads(json.dumps(EXPORT[0]))
    row[key] = json.loads(moment)
    assert list(conversations([row])) == ["conversation 1 is not as ChatGPT exports them"]


def test_messages_that_go_round_in_a_circle_come_once() -> None:
    row = json.loads(json.dumps(EXPORT[0]))
    row["mapping"][UUID.format(7)]["children"] = [UUID.format(3), UUID.format(6)]
    assert only([row]) == only(EXPORT)


def test_the_file_and_its_zip_are_read(tmp_path: Path) -> None:
    plain, packed = tmp_path / "conversations.json", tmp_path / "export.zip"
    plain.write_text(json.dumps(EXPORT))
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(plain, "some folder/conversations.json")
    assert only(read_export(plain)) == only(read_export(packed)) == only(EXPORT)


def test_json_lines_are_not_an_export(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "x"}\n')
    assert read_export(path) is None


def test_a_zip_without_conversations_and_a_broken_file_are_named(tmp_path: Path) -> None:
    packed, broken = tmp_path / "a.zip", tmp_path / "b.json"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x.txt", "x")
    broken.write_text("[{")
    with pytest.raises(ValueError, match="holds no conversations"):
        read_export(packed)
    with pytest.raises(ValueError, match="not JSON"):
        read_export(broken)


def packed_as(path: Path, flags: int, method: int) -> None:
    """Write a zip whose one file says of itself that it is packed in this way."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", json.dumps(EXPORT))
    content = bytearray(path.read_bytes())
    entry = content.find(b"PK\x01\x02")
    content[6], content[8] = flags, method
    content[entry + 8], content[entry + 10] = flags, method
    path.write_bytes(content)


def test_a_zip_that_cannot_be_unpacked_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    for flags, method in ((1, 8), (0, 99)):
        packed_as(path, flags, method)
        with pytest.raises(ValueError, match="encrypted or packed in an unknown way"):
            read_export(path)
    packed_as(path, 0, 8)
    content = path.read_bytes()
    path.write_bytes(content[:60] + b"\xff" * 10 + content[70:])
    with pytest.raises(ValueError, match="the zip file is damaged"):
        read_export(path)


def test_brackets_without_an_end_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("[" * 100_000)
    with pytest.raises(ValueError, match="this is not JSON"):
        read_export(path)


@pytest.mark.parametrize("is_zip", [True, False])
def test_an_export_of_no_end_is_refused(
    is_zip: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acechat.chatgpt.MAX_BYTES", 1_000_000)
    path = tmp_path / "export"
    content = b"[" + b" " * 1_000_000 + b"]"
    if is_zip:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("conversations.json", content)
        assert path.stat().st_size < 2_000
    else:
        path.write_bytes(content)
    with pytest.raises(ValueError, match="this is larger than 1 MB, unpacked"):
        read_export(path)


def test_a_packing_that_takes_any_amount_of_memory_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("conversations.json", "[]")
    with pytest.raises(ValueError, match="packed in an unknown way"):
        read_export(path)


def test_what_is_nested_as_deeply_as_can_be_read_is_named() -> None:
    # One depth, which differs from machine to machine, can be read and is too deep to be shown.
    for depth in range(1, sys.getrecursionlimit() + 10):
        nested = "[" * depth + "]" * depth
        try:
            row = json.loads(f'{{"title": {nested}, "mapping": {{}}}}')
        except RecursionError:
            break
        (found,) = conversations([row])
        assert isinstance(found, Whole) or found.startswith("conversation 1 is not")
