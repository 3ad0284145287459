package reports_test

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/scenarios"
)

// A run of ten seconds, 20 good answers in each, is read from its file, judged and told.
func Example() {
	var file bytes.Buffer
	log := result.NewLog(&file)
	log.Header(result.Header{Format: result.Format, Variant: "plain", Planned: 200, LengthSeconds: 10, JudgeTo: 10})
	for at := range 10 {
		cell := result.Cell{Due: at, Op: "account.show", Class: "P1", Outcome: result.Good, Count: 20}
		for range 20 {
			cell.Latency.Record(120 * time.Millisecond)
		}
		log.Tick(result.Tick{At: at, Cells: []result.Cell{cell}})
	}
	log.End(result.End{Planned: 200, Sent: 200, People: result.People{Served: 200}})

	run, err := result.Read("plain.run", &file)
	if err != nil {
		fmt.Println(err)
		return
	}
	budget, err := scenarios.ParseBudget("admitted p95 <= 100ms")
	if err != nil {
		fmt.Println(err)
		return
	}
	s := scenarios.Scenario{Title: "A calm day", GoodWithin: time.Second, Budgets: []scenarios.Budget{budget}}
	doc := reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 0, []*result.Run{run})})
	fmt.Println(doc.Verdict, doc.ExitCode)
	fmt.Println(doc.Sentence)
	if err := reports.Write(os.Stdout, "pdf", doc); err != nil {
		fmt.Println(err)
	}
	// Output:
	// fail 3
	// admitted p95 <= 100ms: 120 ms, missed by 20.0 ms (20.0 %); 200 people were served within 1 s and the service answered 20.0/s in time while 20.0/s came in.
	// format "pdf": want one of text, markdown, html, json, junit
}
