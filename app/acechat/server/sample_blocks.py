"""Blocks of Markdown for the model `sample`: a list for each kind."""

CODE: tuple[str, ...] = (
    '''```python
from dataclasses import dataclass


@dataclass(frozen=True)
class Tide:
    """High water at a harbour."""

    harbour: str
    metres: float

    def clears(self, draught: float, margin: float = 0.5) -> bool:
        return self.metres - draught >= margin


tides = [Tide("Ness", 4.1), Tide("Harlan", 2.9)]
print([tide.harbour for tide in tides if tide.clears(2.6)])
```''',
    """```rust
/// Merge two sorted slices into one sorted vector.
fn merge<T: Ord + Copy>(left: &[T], right: &[T]) -> Vec<T> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        if left[i] <= right[j] {
            merged.push(left[i]);
            i += 1;
        } else {
            merged.push(right[j]);
            j += 1;
        }
    }
    merged.extend_from_slice(&left[i..]);
    merged.extend_from_slice(&right[j..]);
    merged
}
```""",
    """```sql
SELECT species, count(*) AS trees, min(planted) AS oldest
FROM street_tree
WHERE felled IS NULL
GROUP BY species
HAVING count(*) > 20
ORDER BY trees DESC;
```""",
    """```bash
#!/usr/bin/env bash
set -euo pipefail

for log in /var/log/ferry/*.log; do
    printf '%s\\t%s\\n' "$(wc -l < "$log")" "$log"
done | sort -rn | head -5
```""",
    """```typescript
type Reading = { at: number; offset: number };

export function median(readings: Reading[]): number | undefined {
  const offsets = readings.map((r) => r.offset).sort((a, b) => a - b);
  return offsets[Math.floor(offsets.length / 2)]; // undefined where there is none
}
```""",
    """```json
{
  "loaf": { "flour_g": 500, "water_g": 360, "salt_g": 10 },
  "folds": [30, 60, 90],
  "overnight": true
}
```""",
    """```diff
 def distance(a, b):
-    return abs(a.x - b.x) + abs(a.y - b.y)
+    return math.hypot(a.x - b.x, a.y - b.y)
```""",
)
"""Fenced code in several languages."""

TABLES: tuple[str, ...] = (
    """| Harbour | High water | Height | Night ferry |
| :--- | :---: | ---: | :---: |
| Ness | 03:12 | 4.1 m | yes |
| Harlan | 04:40 | 2.9 m | no |
| Port Ayre | 05:05 | 3.6 m | yes |
| Sandwick | 05:48 | 3.3 m | in summer |""",
    """| Algorithm | Best | Average | Worst | Stable |
| --- | --- | --- | --- | --- |
| Insertion | *n* | *n*² | *n*² | yes |
| Merge | *n* log *n* | *n* log *n* | *n* log *n* | yes |
| Quick | *n* log *n* | *n* log *n* | *n*² | **no** |
| Radix | *nk* | *nk* | *nk* | yes |""",
    """| Flour | Water | Rest | What it is like |
| --- | ---: | ---: | --- |
| Wheat, white | 68 % | 12 h | open crumb, thin crust |
| Wheat, whole | 76 % | 14 h | dense, nutty, keeps for days |
| Spelt | 65 % | 8 h | tears easily, so fold it gently |
| Rye | 85 % | 18 h | sticky; use wet hands and a tin |""",
    """| 城市 | 今天 | 明天 | 备注 |
| --- | --- | --- | --- |
| 杭州 | 多云 24° | 小雨 21° | 带伞 ☔ |
| 東京 | 晴れ 19° | 曇り 18° | 花粉 🌸 |
| 서울 | 맑음 17° | 비 14° | 바람 🍃 |""",
)
"""Tables, also with wide characters."""

LISTS: tuple[str, ...] = (
    """- Pack the evening before:
  - bread and cheese for two,
  - a scarf, whatever the forecast says,
  - the *printed* ticket.
- Arrive an hour early.
- Find the chairs on the lee side, away from the door.""",
    """1. Mix flour and water, and leave them alone for half an hour.
2. Add the salt. The dough tightens at once.
3. Fold it:
   1. from the far side towards you,
   2. from the left to the right,
   3. and turn it over.
4. Repeat twice, thirty minutes apart.
5. Into the cold until morning.""",
    """- [x] Count the trees in the avenue
- [x] Compare with the register
- [ ] Ask about number **4417**, which is there but not listed
- [ ] Order replacements: lime, maple, *Zelkova*""",
    """- **Drift**: what a clock does when nobody looks.
- **Offset**: how far it is out just now.
- **Jitter**: how much that changes from one look to the next.""",
)
"""Lists: nested, numbered, with tasks, with terms."""

QUOTES: tuple[str, ...] = (
    """> The sea is not interested in your timetable.
>
> — *written on the wall of the canteen*""",
    """> A map is what is left when you know what to leave out.
>
> > And a catalogue is what is left when you do not.""",
    """> Before you optimise it, find out whether anybody waits for it.""",
)
"""Quotations, one of them nested."""

LINKS: tuple[str, ...] = (
    "Further reading: [the tide tables](https://example.org/tides?harbour=ness&year=2024),"
    " <https://example.org/ferries>, and the page on"
    ' [merging](https://example.org/sorting/merge "Merging").',
    "There is a [photograph of the lamp](https://example.com/lighthouse/lamp.jpg) and a longer"
    " [account of the fog of 1911](https://example.com/lighthouse/fog), both worth the time.",
    "Sources: https://example.net/maps/corrections and [the drawer"
    " catalogue](https://example.net/maps/drawers#c).",
)
"""Paragraphs with links, to addresses that are reserved for examples."""

MATH: tuple[str, ...] = (
    """The offset is half of what the two ways differ in:

$$\\theta = \\frac{(t_1 - t_0) + (t_2 - t_3)}{2}$$

so an error of $\\delta$ in one direction counts only as $\\delta / 2$.""",
    """Merging gives $T(n) = 2\\,T(n/2) + O(n)$, and therefore $T(n) \\in O(n \\log n)$; in figures,
a million elements take about $2 \\times 10^{7}$ steps.""",
)
"""Formulas."""

HEADINGS: tuple[str, ...] = (
    "What it looks like",
    "A closer look",
    "What can go wrong",
    "In practice",
    "A short history",
    "Numbers",
    "Exceptions",
    "What remains",
)
"""Headings within an answer."""
