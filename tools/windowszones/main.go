// Command windowszones prints internal/catalog/windows_zones.go, the table of Windows time zones, from Unicode CLDR,
// which Unicode publishes as the npm packages cldr-core and cldr-bcp47. For another version, get both and unpack them:
//
//	npm pack cldr-core@48.2.0 cldr-bcp47@48.2.0
//	mkdir core bcp47
//	tar -xzf cldr-core-48.2.0.tgz -C core
//	tar -xzf cldr-bcp47-48.2.0.tgz -C bcp47
//	go run ./tools/windowszones core/package bcp47/package > zones.go
//	mv zones.go internal/catalog/windows_zones.go
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "windowszones:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) != 2 {
		return errors.New("usage: windowszones cldr-core-directory cldr-bcp47-directory > windows_zones.go")
	}
	return generate(os.DirFS(args[0]), os.DirFS(args[1]), out)
}

// generate reads the packages cldr-core and cldr-bcp47, and writes Go.
func generate(core, bcp47 fs.FS, out io.Writer) error {
	version, err := packageVersion(core, "cldr-core")
	if err != nil {
		return err
	}
	other, err := packageVersion(bcp47, "cldr-bcp47")
	if err != nil {
		return err
	}
	if version != other {
		return fmt.Errorf("cldr-core is of version %s and cldr-bcp47 of %s; they must be of one", version, other)
	}
	licence, err := fs.ReadFile(core, "LICENSE")
	if err != nil {
		return err
	}
	clocks, names, err := readWindowsZones(core)
	if err != nil {
		return err
	}
	aliases, err := readAliases(bcp47)
	if err != nil {
		return err
	}
	addAliases(names, aliases)
	return write(out, version, string(licence), clocks, names)
}
