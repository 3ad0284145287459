package reports

import (
	"fmt"
	"io"

	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/capacity"
	"github.com/peakday/peakday/forecast/sizing"
)

// WriteForecast writes what is said about a forecast, as text.
func WriteForecast(w io.Writer, f forecast.Forecast) error {
	d := Drill{Forecast: &f}
	return writeSections(w, forecastSection(d, Build(d)))
}

// WriteSizing writes what is said about a measured capacity and a plan, as text.
func WriteSizing(w io.Writer, c capacity.Capacity, p sizing.Plan) error {
	return writeSections(w, sizingSection(Build(Drill{Capacity: &c, Plan: &p})))
}

// WriteGate writes the verdict and what it rests on, as text.
func WriteGate(w io.Writer, d Document) error {
	if _, err := fmt.Fprintf(w, "%s\n%s", verdictLine(d), wrap(plain(d.Sentence))+"\n"); err != nil {
		return err
	}
	return writeSections(w, budgetSection(d))
}
