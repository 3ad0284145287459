package reports

// timesTables are a table for each run in which anything was sampled.
func timesTables(doc Document) (tables []Table) {
	for _, r := range doc.Runs {
		if t := timesTable(doc, r); len(t.Rows) > 0 {
			tables = append(tables, t)
		}
	}
	return tables
}

// timesTable has the times of all requests of a whole run, also of one that never came to its judged span; what was
// never sampled has no row.
func timesTable(doc Document, r RunFacts) Table {
	t := Table{Title: "Times of all requests" + ofVariant(doc, r), Head: []string{"", "p50", "p90", "p99", "p99.9", "max"}}
	for _, times := range []struct {
		name string
		of   Quantiles
	}{
		{"latency (due to done)", r.Latency},
		{"service (sent to done)", r.Service},
		{"queued (waiting for a connection or a place)", r.Queued},
		{"lateness (the generator's own)", r.Lateness},
	} {
		if times.of.samples == 0 {
			continue
		}
		row := []string{times.name}
		for _, n := range []Number{times.of.P50, times.of.P90, times.of.P99, times.of.P999, times.of.Max} {
			row = append(row, measured(n, "s"))
		}
		t.Rows = append(t.Rows, row)
	}
	if r.Shed+r.Failed > 0 {
		t.Note = "Of every request that ended, quickly refused and failed ones too."
	}
	return t
}
