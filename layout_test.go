package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/peakday/peakday"

// floors is the order of dependence: a package imports its own floor and those before it, never one after it.
var floors = []string{"scenarios", "engine", "sut", "forecast", "reports", "internal", "."}

// world lists the packages that touch the clock, the network, files or processes. All others only compute.
// To change the architecture, change these two tables first, in the same commit, and say why.
var world = []string{
	".",
	"engine",
	"engine/driver/drivertest",
	"engine/driver/nethttp",
	"engine/driver/rawhttp",
	"engine/retry/client",
	"engine/watch",
	"forecast/oracletest",
	"sut",
	"sut/container",
	"sut/gateway",
	"sut/httpapi",
	"sut/scratch",
	"sut/store/postgres",
	"sut/store/postgres/server",
	"sut/store/postgres/server/servertest",
	"sut/store/sqlite",
	"sut/store/storetest",
	"internal/child",
	"internal/cli",
	"internal/drill",
	"internal/selftest",
	"internal/sweep",
}

// What a package that only computes may not import, nor select from time.
var (
	bannedImports = []string{"net", "net/http", "os", "os/exec", "os/signal", "syscall"}
	bannedTime    = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "LoadLocation"}
)

// The test reads the files itself: one that asks the go command is kept as a stale "ok" by the test cache.
func TestLayout(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() {
			if name != "." && (base == "testdata" || strings.HasPrefix(base, ".") || base == "bench") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") {
			return nil
		}
		dir := path.Dir(filepath.ToSlash(name))
		seen[dir] = true
		for _, breach := range breaches(t, dir, name) {
			t.Error(breach)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range seen {
		if floor(dir) < 0 {
			t.Errorf("package %s is in none of the folders %v", dir, floors)
		}
	}
	for _, dir := range world {
		if !seen[dir] {
			t.Errorf("%s is listed as touching the world and does not exist", dir)
		}
	}
}

func floor(dir string) int {
	top, _, _ := strings.Cut(dir, "/")
	return slices.Index(floors, top)
}

// breaches says how one file of the package in dir breaks the order or the purity of the house.
func breaches(t *testing.T, dir, name string) (found []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	pure := !slices.Contains(world, dir)
	timeName := ""
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if inside, ok := strings.CutPrefix(imported, module+"/"); ok && floor(inside) > floor(dir) {
			found = append(found, name+" imports "+imported+", which lies after it in "+strings.Join(floors, " < "))
		}
		if pure && slices.Contains(bannedImports, imported) {
			found = append(found, name+" only computes and imports "+imported)
		}
		if imported == "time" {
			timeName = "time"
			if spec.Name != nil {
				timeName = spec.Name.Name
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || !pure || timeName == "" {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok && id.Name == timeName && slices.Contains(bannedTime, sel.Sel.Name) {
			found = append(found, name+" only computes and uses time."+sel.Sel.Name+": take the time as an argument")
		}
		return true
	})
	return found
}

func TestLayoutCatchesEachBreach(t *testing.T) {
	for breach, source := range map[string]string{
		"which lies after it":    "import _ \"github.com/peakday/peakday/reports\"",
		"imports os":             "import _ \"os\"",
		"uses time.Now":          "import \"time\"; var _ = time.Now",
		"uses time.LoadLocation": "import clock \"time\"; var _ = clock.LoadLocation",
	} {
		name := filepath.Join(t.TempDir(), "breach.go")
		if err := os.WriteFile(name, []byte("package hist\n"+source+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if found := breaches(t, "engine/hist", name); len(found) != 1 || !strings.Contains(found[0], breach) {
			t.Errorf("%s: found %q", source, found)
		}
	}
}
