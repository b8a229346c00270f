package main

import (
	"bytes"
	"debug/pe"
	"encoding/binary"
	"fmt"
	"os"
	"unicode/utf16"
)

type program struct {
	Machine           uint16   `json:"machine"`
	Subsystem         uint16   `json:"subsystem"`
	CertificateOffset uint32   `json:"certificateOffset"`
	CertificateSize   uint32   `json:"certificateSize"`
	Sections          []string `json:"sections"`
	HasSeaResource    bool     `json:"hasSeaResource"`
	SectionsEnd       int64    `json:"sectionsEnd"`
	FileSize          int64    `json:"fileSize"`
}

func readPE(path string) (*program, error) {
	file, err := pe.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	header, ok := file.OptionalHeader.(*pe.OptionalHeader64)
	if !ok {
		return nil, fmt.Errorf("%s is not of 64 bits", path)
	}
	about, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	certificate := header.DataDirectory[pe.IMAGE_DIRECTORY_ENTRY_SECURITY]
	found := &program{
		Machine:           file.Machine,
		Subsystem:         header.Subsystem,
		CertificateOffset: certificate.VirtualAddress,
		CertificateSize:   certificate.Size,
		FileSize:          about.Size(),
	}
	for _, section := range file.Sections {
		found.Sections = append(found.Sections, section.Name)
		found.SectionsEnd = max(found.SectionsEnd, int64(section.Offset)+int64(section.Size))
		if section.Name == ".rsrc" {
			data, err := section.Data()
			if err != nil {
				return nil, err
			}
			found.HasSeaResource = bytes.Contains(data, resourceName("NODE_SEA_BLOB"))
		}
	}
	return found, nil
}

// A resource's name: its length, then UTF-16.
func resourceName(name string) []byte {
	units := utf16.Encode([]rune(name))
	out := binary.LittleEndian.AppendUint16(nil, uint16(len(units)))
	for _, unit := range units {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}
