package chart

import (
	"fmt"
	"image/color"
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

// Properties are the custom properties in the order of the inks.
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

// marker is the colour that stands for the ink until the text is finished: no two alike, and none that gonum leaves out
// as a default.
func (k Ink) marker() color.NRGBA { return color.NRGBA{R: 0x01, G: 0xfe, B: byte(k), A: 0xff} }

// faint is the marker with an opacity from 0 to 1.
func (k Ink) faint(opacity float64) color.NRGBA {
	c := k.marker()
	c.A = byte(opacity*255 + 0.5)
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
