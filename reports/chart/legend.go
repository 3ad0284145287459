package chart

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// An entry of the legend: a swatch and its name.
type entry struct {
	name   string
	swatch func(canvas draw.Canvas, left, middle vg.Length)
}

const (
	swatchWidth = 20
	swatchGap   = 4
	entryGap    = 10
	lineHeight  = 16
)

// header writes what the Y axis shows and the legend above the picture, and returns the height it took. A legend inside
// the picture would sooner or later lie on the data.
func (c Chart) header(canvas draw.Canvas) vg.Length {
	y := canvas.Max.Y - lineHeight/2
	canvas.FillText(written(Muted), vg.Point{X: canvas.Min.X + 2, Y: y}, c.Y.Label)
	y -= lineHeight
	style := written(Text)
	x := canvas.Min.X + 2
	for _, e := range c.entries() {
		width := swatchWidth + swatchGap + style.Width(e.name)
		if x > canvas.Min.X+2 && x+width > canvas.Max.X {
			x, y = canvas.Min.X+2, y-lineHeight
		}
		e.swatch(canvas, x, y)
		canvas.FillText(style, vg.Point{X: x + swatchWidth + swatchGap, Y: y}, e.name)
		x += width + entryGap
	}
	return canvas.Max.Y - y + lineHeight/2 + 6
}

func (c Chart) entries() []entry {
	var out []entry
	stroke := func(style draw.LineStyle) func(draw.Canvas, vg.Length, vg.Length) {
		return func(canvas draw.Canvas, left, middle vg.Length) {
			canvas.StrokeLine2(style, left, middle, left+swatchWidth, middle)
		}
	}
	for _, l := range c.Lines {
		if l.Name != "" {
			out = append(out, entry{l.Name, stroke(l.style())})
		}
	}
	for _, m := range c.Marks {
		if m.Name != "" {
			out = append(out, entry{m.Name, stroke(draw.LineStyle{Color: m.Color.marker(), Width: 1.2, Dashes: m.Dash.lengths()})})
		}
	}
	fill := func(color marker) func(draw.Canvas, vg.Length, vg.Length) {
		return func(canvas draw.Canvas, left, middle vg.Length) {
			canvas.FillPolygon(color, []vg.Point{
				{X: left, Y: middle - 5}, {X: left + swatchWidth, Y: middle - 5},
				{X: left + swatchWidth, Y: middle + 5}, {X: left, Y: middle + 5}})
		}
	}
	for _, b := range c.Bands {
		if b.Name != "" {
			out = append(out, entry{b.Name, fill(b.Color.faint(b.Opacity))})
		}
	}
	for _, s := range c.Shades {
		if s.Name != "" {
			out = append(out, entry{s.Name, fill(s.Color.faint(s.Opacity))})
		}
	}
	return out
}

// Align gives charts the ranges of all of them on both axes, so that pictures side by side compare at a glance.
func Align(charts ...*Chart) {
	x, y := nothing(), nothing()
	for _, c := range charts {
		xs, ys := c.ranges()
		x.include(xs.low, xs.high)
		y.include(ys.low, ys.high)
	}
	for _, c := range charts {
		c.X.Min, c.X.Max = c.X.fill(x)
		c.Y.Min, c.Y.Max = c.Y.ends(y)
	}
}
