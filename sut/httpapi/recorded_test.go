package httpapi

import (
	"encoding/json"
	"os"
	"testing"
)

// An Example is what was sent to an operation and what it answered, once: a file or a JSON value each. It is recorded by
// TestEveryOperationIsServedAsDocumented, so that it is one that the service took.
type Example struct {
	Request any `json:"request,omitempty"`
	Answer  any `json:"answer"`
}

// ExamplesFile keeps an example of each operation, by its name.
const ExamplesFile = "testdata/examples.json"

func readExamples(t *testing.T) (all map[string]Example) {
	t.Helper()
	text, err := os.ReadFile(ExamplesFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatalf("%s: %v", ExamplesFile, err)
	}
	return all
}
