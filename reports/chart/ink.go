package chart

import (
	"fmt"
	"image/color"
	"math"
	"strings"
)

// An Ink is what something is drawn with: a custom property of the page, with a colour for where there is none.
type Ink int

// The inks. Text, Muted and Grid are for what is written round the data.
const (
	Text Ink = iota
	Muted
	Grid
	Blue
	Orange
	Vermilion
	Green
	Sky
	Purple
	Gray
)

// A Property is a custom property that the pictures read, with its colour on a light and on a dark ground.
type Property struct{ Name, Light, Dark string }

// properties are in the order of the inks.
// Source of the hues: Okabe, Ito, Color Universal Design (2008); lightened for the dark ground.
var properties = [...]Property{
	Text:      {"--ink", "#1d2329", "#e6e9ec"},
	Muted:     {"--muted", "#59636e", "#a3adb8"},
	Grid:      {"--grid", "#dde2e7", "#363d45"},
	Blue:      {"--blue", "#0072b2", "#4db2ec"},
	Orange:    {"--orange", "#c77700", "#f0ae3c"},
	Vermilion: {"--vermilion", "#c9480c", "#ff8450"},
	Green:     {"--green", "#00805c", "#2fc79b"},
	Sky:       {"--sky", "#3192cc", "#8fd0f5"},
	Purple:    {"--purple", "#a84f83", "#e3a0c8"},
	Gray:      {"--gray", "#6b757f", "#98a2ac"},
}

// Properties lists the custom properties that a page may set.
func Properties() []Property { return properties[:] }

// A marker is the colour that stands for an ink until the text is finished: no two alike, and none that gonum leaves out
// as a default.
type marker struct {
	ink     Ink
	opacity float64 // (0, 1]
}

func (k Ink) marker() marker               { return marker{k, 1} }
func (k Ink) faint(opacity float64) marker { return marker{k, opacity} }

// RGBA is multiplied by the opacity, as color.Color wants it, and rounded up so that the writer, which divides by the
// opacity and cuts off the fraction, finds the very bytes of the marker again.
func (m marker) RGBA() (r, g, b, a uint32) {
	a = uint32(m.opacity * 0xffff)
	up := func(v uint32) uint32 { return (v*a+254)/255 + 1 }
	return up(0x01), up(0xfe), up(uint32(m.ink)), a
}

// light is the colour on a light ground.
func (m marker) light() color.NRGBA {
	c := color.NRGBA{A: uint8(math.Round(m.opacity * 0xff))}
	fmt.Sscanf(properties[m.ink].Light, "#%02x%02x%02x", &c.R, &c.G, &c.B) // a literal of this file
	return c
}

// paint replaces the markers by the page's colours.
func paint(svg string) string {
	var pairs []string
	for k, p := range properties {
		pairs = append(pairs, fmt.Sprintf("#01FE%02X", k), "var("+p.Name+","+p.Light+")")
	}
	return strings.NewReplacer(pairs...).Replace(svg)
}
