#!/usr/bin/env bash
# Makes the certificates of the TLS tests anew. They are for tests alone: the key is public.
# One authority that no system trusts, and three certificates of one server key; all but the expired one last until 2126.
set -euo pipefail
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT

key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$scratch/$1.pem"; }
key authority
key server
openssl req -x509 -new -key "$scratch/authority.pem" -subj "/CN=tests only" -days 36500 -out "$scratch/authority.crt" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign"
openssl x509 -in "$scratch/authority.crt" -outform DER -out authority.der
openssl pkcs8 -topk8 -nocrypt -in "$scratch/server.pem" -outform DER -out server.key.der

touch "$scratch/index.txt"
cat >"$scratch/ca.cnf" <<EOT
[ca]
default_ca = tests
[tests]
database = $scratch/index.txt
new_certs_dir = $scratch
rand_serial = yes
default_md = sha256
unique_subject = no
policy = any
[any]
commonName = supplied
EOT

# NAME SUBJECT_ALT_NAME NOT_BEFORE NOT_AFTER
certificate() {
    openssl req -new -key "$scratch/server.pem" -subj "/CN=$1" -out "$scratch/$1.csr"
    printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n' "$2" >"$scratch/$1.ext"
    openssl ca -batch -notext -config "$scratch/ca.cnf" -cert "$scratch/authority.crt" -keyfile "$scratch/authority.pem" \
        -startdate "$3" -enddate "$4" -in "$scratch/$1.csr" -extfile "$scratch/$1.ext" -out "$scratch/$1.crt"
    openssl x509 -in "$scratch/$1.crt" -outform DER -out "$1.der"
}
certificate loopback IP:127.0.0.1 20200101000000Z 21260101000000Z
certificate other_name DNS:other.example 20200101000000Z 21260101000000Z
certificate expired IP:127.0.0.1 20000101000000Z 20010101000000Z
