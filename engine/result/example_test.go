package result_test

import (
	"bytes"
	"fmt"
	"time"

	"github.com/peakday/peakday/engine/result"
)

// A log of every result is a header and then blocks, each filled by one loop.
func ExampleBlock() {
	var file bytes.Buffer
	header := result.Header{Format: result.Format, Scenario: "calm-day", Operations: []string{"account.get"}}
	if err := result.WriteEntriesHeader(&file, header); err != nil {
		fmt.Println(err)
	}
	var b result.Block
	b.Append(&result.Entry{Seq: 1, Attempt: 1, Due: 0, Ready: 10_000, Sent: 12_000, Done: 5 * time.Millisecond, Outcome: result.Good, Status: 200})
	b.Append(&result.Entry{Seq: 2, Attempt: 1, Due: time.Millisecond, Ready: time.Millisecond, Sent: -1, Done: -1, Outcome: result.Dropped})
	file.Write(b.Close())

	h, entries, err := result.ReadEntries("calm-day.results", &file)
	if err != nil {
		fmt.Println(err)
	}
	for e, err := range entries {
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Println(e.Seq, h.Operations[e.Op], e.Outcome, e.Due, e.Done)
	}
	// Output:
	// 1 account.get good 0s 5ms
	// 2 account.get dropped 1ms -1ns
}
