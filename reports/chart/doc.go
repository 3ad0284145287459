// Package chart draws pictures from plain numbers as SVG that lives in a page: no network, no fonts of its own, colours
// from the page, so that one picture is readable on a light and on a dark ground.
//
//	c := chart.Chart{
//		Alt:   "Good answers a second over time",
//		X:     chart.Axis{Label: "due, seconds from the start"},
//		Y:     chart.Axis{Label: "requests a second", Scale: chart.LogZero},
//		Lines: []chart.Line{{Name: "good", X: at, Y: good, Color: chart.Blue}},
//	}
//	err := c.SVG(w)
//
// PNG draws the same in the colours for a light ground, to send where no page is.
//
// Every line has a dash beside its colour, and the colours are the eight of Okabe and Ito (2008), which people with the
// common kinds of colour blindness tell apart. A page changes them with the custom properties of Properties.
//
// gonum/plot does the drawing. It knows colours, not custom properties: each ink is drawn in a marker colour that is
// replaced in the finished text.
//
// What it leaves out: pictures that move, and anything that needs a script.
package chart
