package chart_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/peakday/peakday/reports/chart"
)

func ExampleChart_SVG() {
	c := chart.Chart{
		Alt:   "Good answers a second over time",
		X:     chart.Axis{Label: "seconds from the start"},
		Y:     chart.Axis{Label: "requests a second", Scale: chart.LogZero},
		Lines: []chart.Line{{Name: "good", X: []float64{0, 1, 2}, Y: []float64{0, 70, 80}, Color: chart.Blue}},
	}
	var page strings.Builder
	if err := c.SVG(&page); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	tag, _, _ := strings.Cut(page.String(), ">")
	fmt.Println(tag + ">")
	// Output:
	// <svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="Good answers a second over time" viewBox="0 0 460 280">
}
