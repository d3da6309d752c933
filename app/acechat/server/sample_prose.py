"""Sentences for the model `sample`, by theme; any of a theme may follow any other."""

PROSE: dict[str, tuple[str, ...]] = {
    "The night ferry": (
        "The ferry leaves at ten, when the last trucks have been chained down on the lower deck.",
        "Nobody sleeps in the first hour; people walk along the rail and look back at the lights.",
        "The engines are felt more than heard, a slow pulse in the handrails and the soup.",
        "In the canteen a driver explains to his neighbour how to cross three borders before noon.",
        "Far out, the sea is darker than the sky, and the horizon is simply the place where stars"
        " begin.",
        "A cabin costs as much as a hotel, so half of the passengers make their bed on a row of"
        " chairs.",
        "Towards four o'clock the wind turns, and the ship begins to lean into each wave before it"
        " climbs.",
        "The crew knows the regulars by what they order, and the regulars know the crew by their"
        " shoes.",
        "At first light somebody always says that the coast looks closer than it is.",
        "When the ramp goes down, everybody is suddenly in a hurry to be somewhere else.",
        "A timetable promises the crossing in nine hours; the captain, asked directly, promises"
        " nothing.",
        "On the upper deck a child counts lighthouses and gets a different number each time.",
    ),
    "Bread, slowly": (
        "A loaf needs four things, and three of them are flour, water and salt.",
        "The fourth is time, and it is the one that people try to save.",
        "Cold dough rises overnight without anybody watching, and it tastes the better for it.",
        "The first fold feels like pulling at wet cloth; by the third, the dough pulls back.",
        "An oven that is not hot enough bakes a loaf that is finished outside and undecided"
        " inside.",
        "You can hear when it is done: knock on the bottom, and it answers like a wooden box.",
        "Rye behaves differently, more like mortar than like rubber, and forgives almost"
        " everything.",
        "Write down what you did, because the best loaf of the year is always the one you cannot"
        " repeat.",
        "Steam in the first ten minutes keeps the crust soft just long enough for the loaf to"
        " grow.",
        "The smell reaches the stairwell before the timer rings, and neighbours become remarkably"
        " friendly.",
        "Cutting it warm is a mistake that everybody makes once a week.",
        "What is left on the third day is toast, on the fifth it is soup, and nothing is wasted.",
    ),
    "How sorting got fast": (
        "Sorting looks solved until the data no longer fits where you want to sort it.",
        "Merging two sorted runs takes one pass and no cleverness, which is why it keeps winning.",
        "Real data is rarely random: it arrives nearly sorted, or sorted the wrong way round.",
        "A good algorithm looks for runs that are already in order and leaves them alone.",
        "Quicksort is faster on average, and its bad day is famous for a reason.",
        "Below sixteen elements, plain insertion beats everything, because it does almost nothing.",
        "Comparisons are cheap to count and misleading to optimise; memory is where the time goes.",
        "A stable sort keeps equal things in their order, which nobody asks for until it is"
        " missing.",
        "Radix sort does not compare at all, and so it is not bound by the usual limit.",
        "The cache line is the unit that matters: sixty-four bytes arrive whether you need them or"
        " not.",
        "Measuring on one machine tells you about that machine, and a little about the weather.",
        "In the end the fastest sort is the one that an index has made unnecessary.",
    ),
    "The map room": (
        "The map room is kept at eighteen degrees, and visitors are asked to leave their ink"
        " outside.",
        "Its oldest sheet shows a coast that has since moved two kilometres to the east.",
        "Surveyors drew mountains from the side, because that is how they had seen them.",
        "An empty area on a map means one of two things: nobody went there, or nobody came back.",
        "Names were collected by asking, and some of them turn out to mean *I do not understand"
        " you*.",
        "Every fold is a small loss; after fifty years the village at the crease is gone.",
        "The scale bar matters more than the scale, since paper shrinks and numbers do not.",
        "One drawer holds only corrections, thousands of slips, each moving a rock by its own"
        " width.",
        "Sailors trusted the soundings and ignored the sea monsters, which was the right way"
        " round.",
        "A good map leaves out almost everything, and you notice only what it kept.",
        "The catalogue is a map too, of shelves, and it has its own blank areas.",
        "On the way out you pass a globe, and find that somebody has worn away the equator.",
    ),
    "Trees in the city": (
        "A street tree has a cubic metre of earth and opinions about all of it.",
        "Planes do well because they shed their bark, and the dust goes with it.",
        "In July the shaded side of the road is seven degrees cooler, and everybody walks there.",
        "Roots follow water, and water follows pipes, which is how most arguments begin.",
        "The crews prune in winter, when the shape can be seen and nothing is nesting.",
        "A lime tree drips on cars and feeds a thousand bees, and both facts reach the town hall.",
        "New plantings are mixed on purpose, so that no single beetle can take a whole avenue.",
        "The number on the small tin plate leads to a record: species, year, last inspection.",
        "After a storm the register gets shorter, and the streets look undressed.",
        "People who never speak to each other water the same sapling in a dry summer.",
        "Growing takes forty years, felling takes forty minutes, and the minutes get the"
        " attention.",
        "If you want to know what a place was, look at the oldest tree and ask who left it"
        " standing.",
    ),
    "Clocks that agree": (
        "Two clocks never agree by themselves; they have to be told to, again and again.",
        "The trouble is that telling takes time, and the time it takes is not known.",
        "So a machine asks, notes when it asked, and takes the middle of the round trip.",
        "Most of the error is in the last metre: a busy network card, a sleepy scheduler.",
        "Crystals drift with temperature, a few parts in a million, which is a second in a week.",
        "Stepping the clock backwards breaks programs, so it is slowed down until it is right.",
        "A leap second is one minute of sixty-one seconds and several months of meetings.",
        "For durations nobody should use the wall clock, and nearly everybody once did.",
        "Log files from three servers, merged, show effects that come before their causes.",
        "Order can be had without clocks: number the messages, and let each carry the highest"
        " seen.",
        "Satellites correct for gravity, since time runs faster up there by a measurable amount.",
        "What we call now is an agreement between neighbours, renewed every few seconds.",
    ),
    "A letter from the lighthouse": (
        "The supply boat comes on Tuesdays, weather permitting, and the weather seldom does.",
        "We have flour for a month, coffee for a week, and newspapers that are news only to us.",
        "The lamp turns once in twelve seconds, and after a year you breathe along with it.",
        "Fog is the busiest time: the horn must be fed, and sleep is what happens between two"
        " blasts.",
        "Birds arrive in the beam like snow, circle, and at dawn are gone without a trace.",
        "The logbook wants only facts, so I put the rest in these letters.",
        "Today a ship answered our light with three long flashes, which is not in any code I know.",
        "The stairs have one hundred and ninety-nine steps; the builder counted the last one"
        " twice.",
        "In the evening the sea turns the colour of slate, and then of nothing.",
        "When the glass has to be cleaned from outside, we toss a coin, and I lose.",
        "They write that an automatic lamp is coming, and that it will not need coffee.",
        "Keep the stove going for me, I shall be on the boat in the first week of March.",
    ),
    "Notes on naming things": (
        "A name is a promise about what will not surprise you.",
        "If two things share one name, somebody will mix them up, and on a Friday.",
        "If one thing has two names, half of the documentation is about a thing that is not there.",
        "Short names suit small rooms; the wider the view, the longer a name may be.",
        "A verb says what happens, and a function that is called by a noun is hiding something.",
        "Abbreviations save the writer four letters and cost each reader a minute.",
        "Renaming is cheap on the first day, dear in the first month, and political after that.",
        "The hardest ones are the concepts that nobody noticed were concepts.",
        "When no name fits, the thing is usually two things.",
        "A number in a name means that somebody gave up, or that somebody counted.",
        "Read it aloud in a sentence: what sounds wrong there will be wrong in the code.",
        "The best compliment for a name is that nobody ever asks about it.",
    ),
}
"""Themes and their sentences, all written for this program."""

CHINESE: tuple[str, ...] = (
    "清晨的渡口没有人说话，只有水声一下一下地拍着木桩。",
    "面要慢慢地揉，等它自己松弛下来，再放进温热的碗里。",
    "老地图上的海岸线和今天不一样，两百年里它向东移了两公里。",
    "给变量取名字，其实是在给读代码的人写信。",
    "夏天的午后，街边的梧桐把影子铺了一地，大家都走在那一侧。",
    "两只钟从来不会自己对准，它们需要不断地互相询问。",
    "灯塔每十二秒转一圈，住久了，连呼吸也跟着它的节奏。",
    "排序看起来是个已经解决的问题，直到数据放不进内存。",
    "雨停以后，山的轮廓忽然变得很近，好像伸手就能碰到。",
    "他把每天的事记在一个小本子上，一行一件，从不多写。",
)
"""Sentences in Chinese."""

JAPANESE: tuple[str, ...] = (
    "夜の船は静かで、機関の音だけが床から伝わってくる。",
    "パンは急がせると、味が薄くなると祖母は言った。",
    "古い地図の余白には、まだ誰も行ったことのない山がある。",
    "灯台の光は十二秒ごとに窓を横切っていく。",
)
"""Sentences in Japanese."""

KOREAN: tuple[str, ...] = (
    "밤배는 열 시에 떠나고, 갑판에는 바람만 남는다.",
    "좋은 이름은 아무도 묻지 않는 이름이다.",
    "오래된 나무를 보면 그 거리의 역사를 알 수 있다.",
)
"""Sentences in Korean."""

EMOJI: tuple[str, ...] = (
    "The forecast says ☀️ until noon, then ⛈️, and 🌈 for those who wait.",
    "Checked in: 🧑‍🚀 pilot, 👩‍🔬 science, 👨‍🍳 galley, 🐈 unofficial.",
    "Scores after the third round: 🥇 Ana 👍🏽, 🥈 Boris 🤝, 🥉 Chi 🎉.",
    "Flags on the quay: 🇳🇴 🇵🇹 🇯🇵 🏴‍☠️ — the last one is the sailing school's.",
    "Family ticket 👨‍👩‍👧‍👦: two adults, two children, one 🧸.",
)
"""Sentences with emoji: variation selectors, joined sequences, skin tones and flags."""
