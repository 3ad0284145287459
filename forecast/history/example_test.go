package history_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/peakday/peakday/forecast/history"
)

func ExampleReadCSV() {
	const table = `time;requests;errors
2026-03-02 08:00;120;0
2026-03-02 08:05;180;0
2026-03-02 08:05;180;0
2026-03-02 08:20;150;1
2026-03-02 08:25;140;0
`
	h, err := history.ReadCSV(strings.NewReader(table), "peak.csv", history.Options{Value: "requests"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("every", h.Series.Step, h.Series.Values)
	for _, w := range h.Warnings() {
		fmt.Println(w)
	}
	_, err = history.ReadCSV(strings.NewReader("time,requests\n2026-03-02,120\n2026-03-03,about 90\n"), "peak.csv", history.Options{})
	fmt.Println(err)
	// Output:
	// every 5m0s [120 180 NaN NaN 150 140]
	// peak.csv: gaps: 1, 2 bins are missing and left out; first at line 5: none between 2026-03-02 08:05:00 and 2026-03-02 08:20:00
	// peak.csv: duplicate stamps: 1, the first of each is kept; first at line 4: 2026-03-02 08:05:00 comes again
	// peak.csv:3: value "about 90": want a number such as 12.5
}

// Sniff tells the formats apart; Each reads a file of many series one by one.
func ExampleEach() {
	const competition = `"H1",605,586,586,559,511,443,422,395
"H2",3124,2990,,2862,-1,2700,2750,2900,3124,3300
`
	for h, err := range history.Each(strings.NewReader(competition), "m4.csv", history.Options{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(h.Format, h.ID, h.Series.Len(), "values")
		for _, w := range h.Warnings() {
			fmt.Println(w)
		}
	}
	// Output:
	// m4 H1 8 values
	// m4 H2 10 values
	// m4.csv H2: lines without a value: 1, they are missing bins; first at line 2: value 3 of H2
	// m4.csv H2: values that are no count: 1, left out, they are missing bins; first at line 2: value 5 of H2, -1, is negative
}
