//! What a file is by its bytes, not by its name: the only kinds that a proof may be. It opens none
//! and runs nothing in them.

/// Largest proof, bytes.
pub const MAX_COMPROBANTE: usize = 10 * 1024 * 1024;

/// Kind of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tipo {
    /// JPEG photo.
    Jpeg,
    /// PNG image.
    Png,
    /// WebP image.
    Webp,
    /// HEIC photo; browsers but Safari do not show it.
    Heic,
    /// PDF document.
    Pdf,
}

impl Tipo {
    const TODOS: [Tipo; 5] = [Tipo::Jpeg, Tipo::Png, Tipo::Webp, Tipo::Heic, Tipo::Pdf];

    /// The kind that the first bytes show; none if it is not one that is taken.
    pub fn of(bytes: &[u8]) -> Option<Tipo> {
        let marca = bytes.get(8..12).unwrap_or_default();
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] => Some(Tipo::Jpeg),
            [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some(Tipo::Png),
            [b'R', b'I', b'F', b'F', ..] if marca == b"WEBP" => Some(Tipo::Webp),
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Tipo::Pdf),
            _ if bytes.get(4..8) == Some(b"ftyp") && is_heic(marca) => Some(Tipo::Heic),
            _ => None,
        }
    }

    /// Media type.
    pub fn mime(self) -> &'static str {
        match self {
            Tipo::Jpeg => "image/jpeg",
            Tipo::Png => "image/png",
            Tipo::Webp => "image/webp",
            Tipo::Heic => "image/heic",
            Tipo::Pdf => "application/pdf",
        }
    }

    /// Reads a media type that was kept.
    pub fn parse(mime: &str) -> Option<Tipo> {
        Tipo::TODOS.into_iter().find(|t| t.mime() == mime)
    }

    /// Ending of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Tipo::Jpeg => "jpg",
            Tipo::Png => "png",
            Tipo::Webp => "webp",
            Tipo::Heic => "heic",
            Tipo::Pdf => "pdf",
        }
    }

    /// Whether a page may show it as an image. A PDF may hold script: it is only downloaded.
    pub fn is_visible(self) -> bool {
        matches!(self, Tipo::Jpeg | Tipo::Png | Tipo::Webp)
    }
}

fn is_heic(marca: &[u8]) -> bool {
    [b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"].iter().any(|m| marca == *m)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_or_a_program_is_not_a_proof_whatever_its_name() {
        assert_eq!(Tipo::of(b"\xFF\xD8\xFF\xE0abcd"), Some(Tipo::Jpeg));
        assert_eq!(Tipo::of(b"\x89PNG\r\n\x1A\nabcd"), Some(Tipo::Png));
        assert_eq!(Tipo::of(b"RIFF\0\0\0\0WEBPVP8 "), Some(Tipo::Webp));
        assert_eq!(Tipo::of(b"\0\0\0\x18ftypheic\0\0"), Some(Tipo::Heic));
        assert_eq!(Tipo::of(b"%PDF-1.7\n"), Some(Tipo::Pdf));
        let malos: [&[u8]; 6] = [
            b"<!DOCTYPE html><script>",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"x\">",
            b"MZ\x90\0",
            b"\0\0\0\x18ftypisom",
            b"GIF89a",
            b"",
        ];
        for malo in malos {
            assert_eq!(Tipo::of(malo), None);
        }
        for tipo in Tipo::TODOS {
            assert_eq!(Tipo::parse(tipo.mime()), Some(tipo));
        }
        assert!(!Tipo::Pdf.is_visible() && !Tipo::Heic.is_visible());
    }
}
