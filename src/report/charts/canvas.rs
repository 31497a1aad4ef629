//! A sheet of 1600 by 900 to draw on, over the SVG backend of plotters.
//!
//! The backend rounds coordinates to whole pixels, so the sheet is drawn four times as large and
//! scaled by its `viewBox`. It loads no font: text is measured by [`super::text`].

use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle};

use super::text::Type;
use crate::report::numeral::plain;

/// Width of the sheet.
pub(super) const WIDTH: f64 = 1600.0;
/// Height of the sheet.
pub(super) const HEIGHT: f64 = 900.0;

const SCALE: f64 = 4.0;
const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";
const NEVER_FAILS: &str = "drawing into a string does not fail";

/// A place on the sheet: from the left, from the top.
pub(super) type Point = (f64, f64);

/// Which end of a text stands at its point.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// What is drawn on.
pub(super) struct Canvas<'a>(SVGBackend<'a>);

/// The SVG of what `draw` draws, described by `label` for those who hear it.
pub(super) fn svg(label: &str, draw: impl FnOnce(&mut Canvas<'_>)) -> String {
    let mut drawn = String::new();
    let size = ((WIDTH * SCALE) as u32, (HEIGHT * SCALE) as u32);
    let mut canvas = Canvas(SVGBackend::with_string(&mut drawn, size));
    draw(&mut canvas);
    canvas.0.present().expect(NEVER_FAILS);
    drop(canvas);
    let body = drawn.split_once('\n').map_or("", |(_, body)| body);
    let label = escape(label);
    format!(
        "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" \
         height=\"{HEIGHT}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{label}\">\n{body}",
        size.0, size.1
    )
}

impl Canvas<'_> {
    /// A filled rectangle from its upper left corner.
    pub(super) fn rect(&mut self, (x, y): Point, (width, height): Point, colour: &impl Color) {
        let style = ShapeStyle::from(colour).filled();
        let corners = (at((x, y)), at((x + width, y + height)));
        if corners.0.0 < corners.1.0 && corners.0.1 < corners.1.1 {
            self.0.draw_rect(corners.0, corners.1, &style, true).expect(NEVER_FAILS);
        }
    }

    /// A line through points.
    pub(super) fn line(&mut self, points: &[Point], colour: &impl Color, width: f64) {
        let style = ShapeStyle::from(colour).stroke_width((width * SCALE) as u32);
        let points = points.iter().map(|point| at(*point));
        self.0.draw_path(points, &style).expect(NEVER_FAILS);
    }

    /// A filled polygon.
    pub(super) fn area(&mut self, points: &[Point], colour: &impl Color) {
        let style = ShapeStyle::from(colour).filled();
        let points = points.iter().map(|point| at(*point));
        self.0.fill_polygon(points, &style).expect(NEVER_FAILS);
    }

    /// A filled disc.
    pub(super) fn disc(&mut self, centre: Point, radius: f64, colour: &impl Color) {
        let style = ShapeStyle::from(colour).filled();
        let radius = (radius * SCALE) as u32;
        self.0.draw_circle(at(centre), radius, &style, true).expect(NEVER_FAILS);
    }

    /// A text whose capitals are centred on the height of its point.
    pub(super) fn text(
        &mut self,
        (x, y): Point,
        text: &str,
        kind: Type,
        anchor: Anchor,
        colour: &RGBColor,
    ) {
        let style = if kind.bold { FontStyle::Bold } else { FontStyle::Normal };
        // The backend divides by 1.24.
        let font = FontDesc::new(FontFamily::Name(FAMILY), kind.size * SCALE * 1.24, style);
        let across = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let style = TextStyle::from(font).color(colour).pos(Pos::new(across, VPos::Center));
        // The backend lowers by half an ex, about a quarter of the size; half of a capital is
        // 0.36 of it.
        let place = at((x, y + 0.1 * kind.size));
        self.0.draw_text(&plain(text), &style, place).expect(NEVER_FAILS);
    }
}

fn at((x, y): Point) -> (i32, i32) {
    ((x * SCALE).round() as i32, (y * SCALE).round() as i32)
}

fn escape(text: &str) -> String {
    let text = plain(text).replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
