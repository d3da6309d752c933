"""Few answers at the same time: the first ones have places, the others their turn."""

from acechat.services.places import Places


def test_who_comes_first_has_a_place_and_the_rest_their_turn() -> None:
    places = Places(2)
    one, two, three, four, five = line = [places.join() for _ in range(5)]
    assert [place.is_set() for place in line] == [True, True, False, False, False]
    # Who gives up the wait changes nothing for those before.
    places.leave(three)
    assert not four.is_set()
    places.leave(two)
    assert four.is_set()
    assert not five.is_set()
    places.leave(one)
    assert five.is_set()
