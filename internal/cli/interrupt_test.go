package cli

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestAnInterruptEndsTheWaitForStandardInput(t *testing.T) {
	silent, _ := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if text, err := io.ReadAll(patient{ctx, silent}); len(text) > 0 || err == nil || err.Error() != "interrupted" {
		t.Errorf("read %q, %v, want interrupted", text, err)
	}
	text, err := io.ReadAll(patient{t.Context(), io.MultiReader(strings.NewReader("time,"), strings.NewReader("calls"))})
	if string(text) != "time,calls" || err != nil {
		t.Errorf("read %q, %v, want all of it", text, err)
	}
	broken := errors.New("broken")
	if _, err := (patient{t.Context(), readerFunc(func([]byte) (int, error) { return 0, broken })}).Read(make([]byte, 1)); err != broken {
		t.Errorf("got %v, want the stream's own error", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
