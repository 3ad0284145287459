package httpapi

import (
	"context"
	"encoding/hex"
	"io"
	"runtime/debug"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// A head is where a chain stands: hold an export against it.
type head struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

func (a Admin) ledgerHead(ctx context.Context) (answer struct {
	Root  string `json:"root"` // of all heads
	Heads []head `json:"heads"`
}, err error) {
	answer.Heads = []head{}
	var heads []ledger.Head
	err = a.Store.View(ctx, func(v store.View) error {
		var kind string
		var lane int64
		var hash []byte
		var h ledger.Head
		return v.Select(store.Heads, []any{&kind, &lane, &h.Seq, &hash}, func() error {
			if kind == "txn" {
				copy(h.Hash[:], hash)
				heads = append(heads, h)
				answer.Heads = append(answer.Heads, head{h.Seq, hex.EncodeToString(hash)})
			}
			return nil
		})
	})
	root := ledger.Root(heads)
	answer.Root = hex.EncodeToString(root[:])
	return answer, err
}

func (a Admin) auditHead(ctx context.Context) (answer struct {
	Log   string `json:"log"`
	Heads []head `json:"heads"`
}, err error) {
	answer.Log, answer.Heads = store.AuditLog, []head{}
	err = a.Store.View(ctx, func(v store.View) error {
		heads, err := store.AuditHeads(v)
		for _, h := range heads {
			answer.Heads = append(answer.Heads, head{h.Seq, h.Hash.String()})
		}
		return err
	})
	return answer, err
}

// exportLedger writes the lines that [ledger.VerifyExport] reads.
func (a Admin) exportLedger(ctx context.Context, w io.Writer) error {
	var line []byte
	return a.Store.View(ctx, func(v store.View) error {
		return store.EachTxn(v, 0, store.Forever, func(s ledger.Stored) error {
			line = ledger.AppendExport(line[:0], s)
			_, err := w.Write(line)
			return err
		})
	})
}

// A pack is a policy pack in the list. Packs come with the program: there is no upload.
type pack struct {
	ID       string     `json:"id"` // with the SHA-256 of the file
	From     rules.Date `json:"from"`
	To       rules.Date `json:"to,omitzero"`
	Title    string     `json:"title"`
	Sections int        `json:"sections"`
	Verified int        `json:"verified"` // sections whose source was read
}

func (a Admin) policyPacks(context.Context) (answer struct {
	Items []pack `json:"items"` // newest first
}, err error) {
	for _, p := range a.Rules.Packs() {
		item := pack{ID: p.ID, From: p.From, To: p.To, Title: p.Title, Sections: len(p.Rules)}
		for _, s := range p.Rules {
			if s.Verified {
				item.Verified++
			}
		}
		answer.Items = append(answer.Items, item)
	}
	return answer, nil
}

func (a Admin) population(context.Context) (struct {
	People    int        `json:"people"`
	Employers int        `json:"employers"`
	Opening   rules.Date `json:"opening"`
}, error) {
	return struct {
		People    int        `json:"people"`
		Employers int        `json:"employers"`
		Opening   rules.Date `json:"opening"`
	}{a.People.Size(), a.People.Employers(), population.Opening}, nil
}

// version is what the binary knows of itself.
type version struct {
	Module   string `json:"module"`
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
}

func readVersion() version {
	b, ok := debug.ReadBuildInfo()
	if !ok {
		return version{Version: "unknown"}
	}
	v := version{Module: b.Main.Path, Version: b.Main.Version, Go: b.GoVersion}
	for _, s := range b.Settings {
		if s.Key == "vcs.revision" {
			v.Revision = s.Value
		}
	}
	return v
}
