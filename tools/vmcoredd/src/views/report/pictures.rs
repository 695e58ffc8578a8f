// SPDX-License-Identifier: GPL-2.0

//! Pictures of a device: its memory, how full its queues are, what hangs on what.

use maud::{html, Markup};

use crate::kinds::{gauge::Gauge, memory_map::MemoryMap, topology::Node};

/// Width of a picture, in its own units; the page scales it.
const WIDTH: f64 = 1000.0;
const COLOURS: usize = 5;
/// What a letter takes inside a region.
const LETTER: f64 = 6.5;

/// Each memory as a bar, regions in it as they lie, the places in `marked` as lines across.
pub fn memory_map(map: &MemoryMap, marked: &[u64]) -> Markup {
    const ROW: f64 = 74.0;
    let height = ROW * map.memories.len() as f64;
    html! {
        svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label="memory map" {
            @for (row, memory) in map.memories.iter().enumerate() {
                @let top = ROW * row as f64;
                @let (start, end) = (memory.start, memory.end);
                @let len = (end.saturating_sub(start) + 1) as f64;
                @let x = |at: u64| at.saturating_sub(start) as f64 / len * WIDTH;
                text x="0" y=(top + 16.0) {
                    (memory.name) " " (format!("{start:#x}-{end:#x}, {} KiB", (end.saturating_sub(start) + 1) / 1024))
                }
                @for (index, region) in map.regions.iter().enumerate() {
                    @let (first, last) = (region.start, region.end.min(end));
                    @if (start..=end).contains(&first) && last >= first {
                        rect class={ "area" (index % COLOURS) } x=(x(first)) y=(top + 24.0)
                            width=((x(last + 1) - x(first)).max(1.0)) height="32" {
                            title { (format!("{}: {first:#x}-{last:#x}", region.name)) }
                        }
                        @if x(last + 1) - x(first) > LETTER * region.name.len() as f64 {
                            text class="inside" x=(x(first) + 3.0) y=(top + 44.0) { (region.name) }
                        }
                    }
                }
                rect class="frame" x="0.5" y=(top + 24.5) width=(WIDTH - 1.0) height="31" {}
                @for place in marked.iter().filter(|place| (start..=end).contains(place)) {
                    line class="mark" x1=(x(*place)) x2=(x(*place)) y1=(top + 20.0) y2=(top + 60.0) {}
                    text class="mark" x=(x(*place).min(WIDTH - 90.0)) y=(top + 72.0) { (format!("{place:#x}")) }
                }
            }
        }
    }
}

/// A bar for each.
pub fn gauges(gauges: &[Gauge]) -> Markup {
    const ROW: f64 = 22.0;
    const LEFT: f64 = 160.0;
    const ROOM: f64 = 560.0;
    html! {
        svg viewBox={ "0 0 " (WIDTH) " " (ROW * gauges.len() as f64) } role="img" aria-label="how full queues are" {
            @for (row, gauge) in gauges.iter().enumerate() {
                @let top = ROW * row as f64;
                @let part = (gauge.used as f64 / gauge.of.max(1) as f64).min(1.0);
                text x="0" y=(top + 15.0) { (gauge.name) }
                rect class=(if gauge.used >= gauge.of { "full" } else { "fill" }) x=(LEFT) y=(top + 4.0)
                    width=(part * ROOM) height="13" {}
                rect class="frame" x=(LEFT) y=(top + 4.0) width=(ROOM) height="13" {}
                text x=(LEFT + ROOM + 12.0) y=(top + 15.0) {
                    (gauge.used) " of " (gauge.of) " " (gauge.unit)
                }
            }
        }
    }
}

/// Ports and what is behind them; `words` hides what is not to be seen.
pub fn topology(nodes: &[Node], words: &dyn Fn(&str) -> String) -> Markup {
    html! {
        ul class="tree" {
            @for node in nodes {
                li {
                    code class=[(!node.trouble.is_empty()).then_some("bad")] { (node.name) }
                    " " (words(&node.words))
                    @if !node.trouble.is_empty() { " " span class="bad" { (words(&node.trouble)) } }
                    @if !node.behind.is_empty() { (topology(&node.behind, words)) }
                }
            }
        }
    }
}
