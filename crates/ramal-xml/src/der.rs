//! The few DER shapes that certificates and encrypted keys need: writing values and walking them.
//!
//! It is no ASN.1 library: lengths over four bytes and multi-byte tags are refused when reading.

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OID: u8 = 0x06;
pub(crate) const UTF8_STRING: u8 = 0x0C;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// One value: tag, length, content.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() + 6);
    out.push(tag);
    let length = content.len();
    if let Ok(short @ 0..0x80) = u8::try_from(length) {
        out.push(short);
    } else {
        let bytes = length.to_be_bytes();
        let significant = &bytes[bytes.iter().take_while(|&&b| b == 0).count()..];
        // At most eight bytes, so the sum stays below 0x89.
        out.push(0x80 + significant.len() as u8);
        out.extend_from_slice(significant);
    }
    out.extend_from_slice(content);
    out
}

/// A sequence of values already encoded.
pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(SEQUENCE, &parts.concat())
}

/// A non-negative integer from its big-endian bytes.
pub(crate) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|&&b| b == 0).count();
    let mut content = bytes[zeros..].to_vec();
    if content.first().is_none_or(|&b| b >= 0x80) {
        content.insert(0, 0);
    }
    tlv(INTEGER, &content)
}

/// A bit string of whole bytes.
pub(crate) fn bits(bytes: &[u8]) -> Vec<u8> {
    tlv(BIT_STRING, &[&[0], bytes].concat())
}

/// An object identifier from its dotted form; none when the text is not one.
pub(crate) fn oid(dotted: &str) -> Option<Vec<u8>> {
    let arcs: Vec<u64> = dotted.split('.').map(|arc| arc.parse().ok()).collect::<Option<_>>()?;
    let (&first, rest) = arcs.split_first()?;
    let (&second, rest) = rest.split_first()?;
    if first > 2 || (first < 2 && second > 39) {
        return None;
    }
    let mut content = Vec::new();
    push_base128(&mut content, (first * 40).checked_add(second)?);
    rest.iter().for_each(|&arc| push_base128(&mut content, arc));
    Some(tlv(OID, &content))
}

fn push_base128(out: &mut Vec<u8>, value: u64) {
    let groups = (u64::BITS - (value | 1).leading_zeros()).div_ceil(7);
    for group in (0..groups).rev() {
        // The mask keeps seven bits, so the cast loses nothing.
        let bits = (value >> (group * 7) & 0x7F) as u8;
        out.push(if group == 0 { bits } else { bits | 0x80 });
    }
}

/// First value of `bytes` as (tag, content, what follows); none when it is cut or malformed.
pub(crate) fn read(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if tag & 0x1F == 0x1F {
        return None;
    }
    let (length, rest) = match first {
        0..=0x7F => (usize::from(first), rest),
        0x81..=0x84 => {
            let (head, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            (head.iter().fold(0, |length, &b| length << 8 | usize::from(b)), rest)
        }
        _ => return None,
    };
    let (content, after) = rest.split_at_checked(length)?;
    Some((tag, content, after))
}

/// Content of the first value of `bytes` and what follows, when its tag is `tag`.
pub(crate) fn content(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    read(bytes).filter(|(found, ..)| *found == tag).map(|(_, content, after)| (content, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lengths_and_large_arcs_follow_the_standard() {
        assert_eq!(tlv(OCTET_STRING, &[0; 127])[..2], [4, 127]);
        assert_eq!(tlv(OCTET_STRING, &[0; 128])[..3], [4, 0x81, 128]);
        assert_eq!(tlv(OCTET_STRING, &[0; 300])[..4], [4, 0x82, 1, 44]);
        let rsa = [6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 11];
        assert_eq!(oid("1.2.840.113549.1.1.11"), Some(rsa.to_vec()));
        assert_eq!(oid("2.5.4.45"), Some(vec![6, 3, 0x55, 4, 45]));
        assert_eq!(oid("1.2.0"), Some(vec![6, 2, 0x2A, 0]));
        assert!(oid("3.1").is_none() && oid("1.40").is_none() && oid("x").is_none());
        assert!(oid("2.18446744073709551615").is_none());
    }

    #[test]
    fn integers_stay_positive_and_minimal() {
        assert_eq!(unsigned(&[0, 0, 1]), [2, 1, 1]);
        assert_eq!(unsigned(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(unsigned(&[]), [2, 1, 0]);
    }

    #[test]
    fn cut_values_are_not_read() {
        assert_eq!(read(&tlv(SEQUENCE, &[1; 200])), Some((SEQUENCE, &[1; 200][..], &[][..])));
        assert!(read(&[0x30]).is_none());
        assert!(read(&[0x30, 2, 1]).is_none());
        assert!(read(&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]).is_none());
        assert!(read(&[0x30, 0x80, 0, 0]).is_none());
    }
}
