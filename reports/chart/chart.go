package chart

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"io"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A Line joins points. A NaN in Y, or a value that the scale cannot show, leaves a gap.
type Line struct {
	Name  string // in the legend; empty leaves it out
	X, Y  []float64
	Color Ink
	Dash  Dash
	Wide  bool // the line the picture is about
	Steps bool // hold each value until the next X
}

// A Band fills between two curves over the same X.
type Band struct {
	Name         string
	X, Low, High []float64
	Color        Ink
	Opacity      float64 // 0 to 1
}

// A Mark is a straight line across the picture.
type Mark struct {
	Name     string
	At       float64
	Vertical bool // At is on the X axis
	Color    Ink
	Dash     Dash
}

// A Shade sets a stretch of the X axis off from the rest, from foot to top.
type Shade struct {
	Name     string
	From, To float64
	Color    Ink
	Opacity  float64 // 0 to 1
}

// A Dash is how a line is broken, so that lines differ without their colours too.
type Dash int

// The dashes.
const (
	Solid Dash = iota
	Dashed
	Dotted
	DashDot
)

func (d Dash) lengths() []vg.Length {
	return [][]vg.Length{Solid: nil, Dashed: {7, 3}, Dotted: {1.5, 2.5}, DashDot: {8, 3, 1.5, 3}}[d]
}

// A Chart is one picture. Later lines are drawn over earlier ones; bands are under all lines.
type Chart struct {
	Alt    string // what a reader who cannot see it is told
	X, Y   Axis
	Bands  []Band
	Lines  []Line
	Marks  []Mark
	Shades []Shade // what lies outside the picture is left out
	Width  float64 // points; 0 means 460
	Height float64 // points; 0 means 280
}

const textSize = 11

// SVG draws the chart as one svg element, without an XML header, to stand inside a page.
func (c Chart) SVG(w io.Writer) error {
	width, height := c.size()
	canvas := vgsvg.New(width, height)
	if err := c.draw(draw.New(canvas)); err != nil {
		return err
	}
	var raw bytes.Buffer
	if _, err := canvas.WriteTo(&raw); err != nil {
		return fmt.Errorf("drawing %q: %w", c.Alt, err)
	}
	_, err := io.WriteString(w, c.finish(raw.String(), width, height))
	return err
}

func (c Chart) size() (width, height vg.Length) {
	return cmp.Or(vg.Length(c.Width), 460), cmp.Or(vg.Length(c.Height), 280)
}

func (c Chart) draw(canvas draw.Canvas) error {
	p, err := c.plot()
	if err != nil {
		return fmt.Errorf("drawing %q: %w", c.Alt, err)
	}
	top := c.header(canvas)
	p.Draw(draw.Crop(canvas, 0, -rightRoom, 0, -top))
	return nil
}

// rightRoom keeps the text of the last tick, which is centred on it, inside the picture.
const rightRoom = 16

// finish turns a file into an element of a page: its own opening tag, and the page's colours and fonts.
func (c Chart) finish(raw string, width, height vg.Length) string {
	_, body, _ := strings.Cut(raw[strings.Index(raw, "<svg"):], ">")
	body = strings.NewReplacer(
		"font-family:Liberation Sans;font-variant:normal;font-weight:normal;font-style:normal", "font-family:Liberation Sans,Arial,Helvetica,sans-serif",
		"\n\t", " ").Replace(body)
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="%s" viewBox="0 0 %g %g"><title>%s</title>`,
		html.EscapeString(c.Alt), float64(width), float64(height), html.EscapeString(c.Alt)) + paint(strings.TrimRight(body, "\n")) + "\n"
}

func (c Chart) plot() (*plot.Plot, error) {
	p := plot.New()
	p.BackgroundColor = nil
	xs, ys := c.ranges()
	left, right := c.X.fill(xs)
	bottom, top := c.Y.ends(ys)
	setAxis(&p.X, c.X, left, right, 8)
	setAxis(&p.Y, c.Y, bottom, top, 5)
	p.X.Label.Text = c.X.Label
	p.X.Padding, p.Y.Padding = 4, 4

	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Vertical.Width = nil, 0
	grid.Horizontal.Color, grid.Horizontal.Width = Grid.marker(), 0.8
	p.Add(grid)
	bands := c.Bands
	for _, s := range c.Shades {
		x := []float64{math.Max(s.From, left), math.Min(s.To, right)}
		if x[0] < x[1] {
			bands = append(bands, Band{X: x, Low: []float64{bottom, bottom}, High: []float64{top, top}, Color: s.Color, Opacity: s.Opacity})
		}
	}
	for _, b := range bands {
		polygon, err := c.polygon(b)
		if err != nil {
			return nil, err
		}
		if polygon != nil {
			p.Add(polygon)
		}
	}
	for _, m := range c.Marks {
		ends := plotter.XYs{{X: c.X.Scale.place(left), Y: c.Y.Scale.place(m.At)}, {X: c.X.Scale.place(right), Y: c.Y.Scale.place(m.At)}}
		if m.Vertical {
			x := c.X.Scale.place(m.At)
			ends = plotter.XYs{{X: x, Y: c.Y.Scale.place(bottom)}, {X: x, Y: c.Y.Scale.place(top)}}
		}
		line, err := plotter.NewLine(ends)
		if err != nil {
			return nil, fmt.Errorf("mark %q: %w", m.Name, err)
		}
		line.LineStyle = draw.LineStyle{Color: m.Color.marker(), Width: 1.2, Dashes: m.Dash.lengths()}
		p.Add(line)
	}
	for _, l := range c.Lines {
		for _, piece := range c.pieces(l) {
			line, err := plotter.NewLine(piece)
			if err != nil {
				return nil, fmt.Errorf("line %q: %w", l.Name, err)
			}
			line.LineStyle = l.style()
			if l.Steps {
				line.StepStyle = plotter.PostStep
			}
			p.Add(line)
		}
	}
	return p, nil
}

func (l Line) style() draw.LineStyle {
	style := draw.LineStyle{Color: l.Color.marker(), Width: 1.6, Dashes: l.Dash.lengths()}
	if l.Wide {
		style.Width = 2.6
	}
	return style
}

// ranges are the values that the picture must have room for.
func (c Chart) ranges() (xs, ys span) {
	xs, ys = nothing(), nothing()
	show := func(x, y []float64) {
		for i := range x {
			if !math.IsNaN(c.X.Scale.place(x[i])) && !math.IsNaN(c.Y.Scale.place(y[i])) {
				xs.include(x[i])
				ys.include(y[i])
			}
		}
	}
	for _, l := range c.Lines {
		show(l.X, l.Y)
	}
	for _, b := range c.Bands {
		show(b.X, b.Low)
		show(b.X, b.High)
	}
	for _, m := range c.Marks {
		switch {
		case m.Vertical && !math.IsNaN(c.X.Scale.place(m.At)):
			xs.include(m.At)
		case !m.Vertical && !math.IsNaN(c.Y.Scale.place(m.At)):
			ys.include(m.At)
		}
	}
	return xs, ys
}

// pieces are the stretches of a line between its gaps. A point alone becomes a stroke short enough to look like a dot.
func (c Chart) pieces(l Line) []plotter.XYs {
	var out []plotter.XYs
	var piece plotter.XYs
	end := func() {
		if len(piece) == 1 {
			piece = append(piece, plotter.XY{X: piece[0].X + 1e-3, Y: piece[0].Y})
		}
		if len(piece) > 0 {
			out = append(out, piece)
		}
		piece = nil
	}
	for i := range l.X {
		x, y := c.X.Scale.place(l.X[i]), c.Y.Scale.place(l.Y[i])
		if math.IsNaN(x) || math.IsNaN(y) {
			end()
			continue
		}
		piece = append(piece, plotter.XY{X: x, Y: y})
	}
	end()
	return out
}

func (c Chart) polygon(b Band) (*plotter.Polygon, error) {
	var edge, back plotter.XYs
	for i := range b.X {
		x, low, high := c.X.Scale.place(b.X[i]), c.Y.Scale.place(b.Low[i]), c.Y.Scale.place(b.High[i])
		if !math.IsNaN(x + low + high) {
			edge = append(edge, plotter.XY{X: x, Y: high})
			back = append(back, plotter.XY{X: x, Y: low})
		}
	}
	if len(edge) < 2 {
		return nil, nil
	}
	for i := len(back) - 1; i >= 0; i-- {
		edge = append(edge, back[i])
	}
	polygon, err := plotter.NewPolygon(edge)
	if err != nil {
		return nil, fmt.Errorf("band %q: %w", b.Name, err)
	}
	polygon.Color, polygon.LineStyle.Width = b.Color.faint(b.Opacity), 0
	return polygon, nil
}

func setAxis(axis *plot.Axis, a Axis, low, high float64, want int) {
	axis.Min, axis.Max = a.Scale.place(low), a.Scale.place(high)
	format := a.Format
	if format == nil {
		format = Thousands
	}
	var ticks []plot.Tick
	for _, v := range a.ticks(low, high, want) {
		label := format(v)
		if label == "" {
			label = " " // an empty label would be a minor tick
		}
		ticks = append(ticks, plot.Tick{Value: a.Scale.place(v), Label: label})
	}
	axis.Tick.Marker = plot.ConstantTicks(ticks)
	axis.Tick.Label.Font = sans()
	axis.Tick.Label.Color = Muted.marker()
	axis.Tick.LineStyle = draw.LineStyle{Color: Muted.marker(), Width: 0.8}
	axis.Tick.Length = 3
	axis.LineStyle = draw.LineStyle{Color: Muted.marker(), Width: 0.8}
	axis.Label.TextStyle.Font = sans()
	axis.Label.TextStyle.Color = Muted.marker()
	axis.Label.Padding = 3
}

func sans() font.Font { return font.Font{Typeface: "Liberation", Variant: "Sans", Size: textSize} }

func written(k Ink) text.Style {
	return text.Style{Color: k.marker(), Font: sans(), YAlign: draw.YCenter, Handler: plot.DefaultTextHandler}
}
