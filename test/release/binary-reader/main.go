// Prints what a Mach-O file's code signature says, or what a PE file's headers say, as JSON: read by libraries that have
// nothing to do with what wrote them.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"github.com/blacktop/go-macho"
)

type signature struct {
	CPU        string   `json:"cpu"`
	Identifier string   `json:"identifier"`
	Flags      uint32   `json:"flags"`
	PageSize   int      `json:"pageSize"`
	CodeLimit  uint32   `json:"codeLimit"`
	Slots      int      `json:"slots"`
	WrongSlots []int    `json:"wrongSlots"`
	End        uint64   `json:"end"`
	Segments   []string `json:"segments"`
}

func main() {
	path := os.Args[1]
	var out any
	var err error
	if magic, _ := os.ReadFile(path); len(magic) > 1 && magic[0] == 'M' && magic[1] == 'Z' {
		out, err = readPE(path)
	} else {
		out, err = readMachO(path)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_ = json.NewEncoder(os.Stdout).Encode(out)
}

func readMachO(path string) (*signature, error) {
	file, err := macho.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	signed := file.CodeSignature()
	if signed == nil || len(signed.CodeDirectories) != 1 {
		return nil, fmt.Errorf("%s has no signature with one code directory", path)
	}
	directory := signed.CodeDirectories[0]
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	found := &signature{
		CPU:        file.CPU.String(),
		Identifier: directory.ID,
		Flags:      uint32(directory.Header.Flags),
		PageSize:   1 << directory.Header.PageSize,
		CodeLimit:  directory.Header.CodeLimit,
		Slots:      len(directory.CodeSlots),
		WrongSlots: []int{},
		End:        uint64(signed.Offset) + uint64(signed.Size),
	}
	for _, segment := range file.Segments() {
		found.Segments = append(found.Segments, segment.Name)
	}
	for i, slot := range directory.CodeSlots {
		end := min((i+1)*found.PageSize, int(found.CodeLimit))
		sum := sha256.Sum256(content[i*found.PageSize : end])
		if hex.EncodeToString(sum[:]) != hex.EncodeToString(slot.Hash) {
			found.WrongSlots = append(found.WrongSlots, i)
		}
	}
	return found, nil
}
