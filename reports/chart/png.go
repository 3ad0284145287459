package chart

import (
	"fmt"
	"image/color"
	"io"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// dotsPerInch of a PNG: two dots a point and a little more, for sharp text on dense screens.
const dotsPerInch = 160

// margin keeps the text of the Y axis, which may stand out a little, inside the picture.
const margin = 8

// PNG draws charts one under the other on white, all as wide as the widest.
func PNG(w io.Writer, charts ...Chart) error {
	var width, height vg.Length
	for _, c := range charts {
		own, tall := c.size()
		width, height = max(width, own), height+tall
	}
	canvas := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dotsPerInch), vgimg.UseBackgroundColor(color.White))
	whole := draw.New(painted{canvas})
	top := whole.Max.Y
	for _, c := range charts {
		_, tall := c.size()
		if err := c.draw(draw.Crop(whole, margin, 0, top-tall-whole.Min.Y, top-whole.Max.Y)); err != nil {
			return err
		}
		top -= tall
	}
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(w); err != nil {
		return fmt.Errorf("writing a picture: %w", err)
	}
	return nil
}

// painted puts the light colours in the place of the inks, for a picture that no page colours.
type painted struct{ vg.CanvasSizer }

func (p painted) SetColor(c color.Color) {
	if m, ok := c.(marker); ok {
		c = m.light()
	}
	p.CanvasSizer.SetColor(c)
}
