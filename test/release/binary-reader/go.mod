module kubectl-skyports/binary-reader

go 1.26

require github.com/blacktop/go-macho v1.1.240

require github.com/blacktop/go-dwarf v1.0.10 // indirect
