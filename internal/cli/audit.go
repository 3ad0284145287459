package cli

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/vault"
)

func sutAudit(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:   "audit",
		Short: "Export and verify the audit log of a service.",
	}
	c.AddCommand(auditExport(s), auditKey(s), auditVerify(s))
	return c
}

func auditExport(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "export DB",
		Short:   "Print the audit log as lines of JSON.",
		Example: "  peakday sut audit export service.db > audit.ndjson",
		Args:    exactly("DB"),
		RunE: func(c *cobra.Command, args []string) error {
			return sut.ExportAudit(c.Context(), args[0], s.stdout)
		},
	}
}

func auditKey(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "key KEYS",
		Short:   "Print the public key that verifies the audit log, from a service's key file.",
		Example: "  peakday sut audit key service.db.keys",
		Args:    exactly("KEYS"),
		RunE: func(c *cobra.Command, args []string) error {
			key, err := sut.AuditKey(args[0])
			if err == nil {
				_, err = fmt.Fprintf(s.stdout, "%x\n", key)
			}
			return err
		},
	}
}

func auditVerify(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:   "verify LOG",
		Short: "Verify an audit log, offline, and name the first bad record.",
		Long: "LOG is what `audit export` printed, or - for standard input.\n" +
			"The anchors say what the service signed, about each second: a copy of its .anchors file, best one kept elsewhere.",
		Example: "  peakday sut audit verify audit.ndjson --anchors service.db.anchors --key $(peakday sut audit key service.db.keys)",
		Args:    exactly("LOG"),
	}
	var anchors, key string
	c.Flags().StringVar(&anchors, "anchors", "", "anchor file (required)")
	c.Flags().StringVar(&key, "key", "", "public key, as `audit key` prints it, or a file that holds it (required)")
	c.RunE = func(c *cobra.Command, args []string) error {
		if anchors == "" {
			return usage(c, "--anchors is missing: want the service's anchor file, such as service.db.anchors")
		}
		public, err := publicKey(key)
		if err != nil {
			return usage(c, "--key %q: want the %d hexadecimal digits that `peakday sut audit key` prints, or a file that holds them", key, 2*ed25519.PublicKeySize)
		}
		log := s.stdin
		if args[0] != "-" {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			log = f
		}
		signed, err := os.Open(anchors)
		if err != nil {
			return err
		}
		defer signed.Close()
		summary, err := vault.Verify(log, signed, public)
		if fault, bad := errors.AsType[*vault.Fault](err); bad {
			fmt.Fprintf(s.stdout, "broken: %v\n", fault)
			return verdict(gate.ExitFail)
		}
		if err == nil {
			_, err = fmt.Fprintln(s.stdout, summary)
		}
		return err
	}
	return c
}

// publicKey reads a key, or the file that holds one.
func publicKey(s string) (ed25519.PublicKey, error) {
	if text, err := os.ReadFile(s); err == nil {
		s = strings.TrimSpace(string(text))
	}
	key, err := hex.DecodeString(s)
	if err == nil && len(key) != ed25519.PublicKeySize {
		err = fmt.Errorf("%d bytes", len(key))
	}
	return key, err
}
