//! RFC 9497 appendix A.1, ristretto255-SHA512: what its vectors say about hashing and about proofs.

/// A protocol mode of RFC 9497 appendix A.1 (ristretto255-SHA512) with a proof.
pub(crate) struct Mode {
    /// 1 is VOPRF, 2 is POPRF.
    pub(crate) number: u8,
    /// skSm.
    pub(crate) secret_key: &'static str,
    /// pkSm.
    pub(crate) public_key: &'static str,
    /// The public input that POPRF adds to the key.
    pub(crate) info: Option<&'static str>,
    pub(crate) proofs: &'static [Evaluation],
}

/// One test vector: inputs, blinded and evaluated, and the proof over all of them.
pub(crate) struct Evaluation {
    pub(crate) inputs: &'static [&'static str],
    pub(crate) blinds: &'static [&'static str],
    pub(crate) blinded: &'static [&'static str],
    pub(crate) evaluated: &'static [&'static str],
    /// r.
    pub(crate) nonce: &'static str,
    /// c, the first half of the proof.
    pub(crate) challenge: &'static str,
    /// s, the second half.
    pub(crate) response: &'static str,
}

/// RFC 9497 appendix A.1.2 and A.1.3.
pub(crate) const RFC_9497: [Mode; 2] = [
    Mode {
        number: 1,
        secret_key: "e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909",
        public_key: "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e",
        info: None,
        proofs: &[
            Evaluation {
                inputs: &["00"],
                blinds: &["64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"],
                blinded: &["863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945"],
                evaluated: &["aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e"],
                nonce: "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
                challenge: "ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd06",
                response: "6d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d",
            },
            Evaluation {
                inputs: &["5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"],
                blinds: &["64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"],
                blinded: &["cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c"],
                evaluated: &["60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468"],
                nonce: "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
                challenge: "401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a",
                response: "67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02",
            },
            Evaluation {
                inputs: &["00", "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"],
                blinds: &[
                    "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706",
                    "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
                ],
                blinded: &[
                    "863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945",
                    "90a0145ea9da29254c3a56be4fe185465ebb3bf2a1801f7124bbbadac751e654",
                ],
                evaluated: &[
                    "aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e",
                    "cc5ac221950a49ceaa73c8db41b82c20372a4c8d63e5dded2db920b7eee36a2a",
                ],
                nonce: "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c",
                challenge: "cc203910175d786927eeb44ea847328047892ddf8590e723c37205cb74600b0a",
                response: "5ab5337c8eb4ceae0494c2cf89529dcf94572ed267473d567aeed6ab873dee08",
            },
        ],
    },
    Mode {
        number: 2,
        secret_key: "145c79c108538421ac164ecbe131942136d5570b16d8bf41a24d4337da981e07",
        public_key: "c647bef38497bc6ec077c22af65b696efa43bff3b4a1975a3e8e0a1c5a79d631",
        info: Some("7465737420696e666f"),
        proofs: &[
            Evaluation {
                inputs: &["00"],
                blinds: &["64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"],
                blinded: &["c8713aa89241d6989ac142f22dba30596db635c772cbf25021fdd8f3d461f715"],
                evaluated: &["1a4b860d808ff19624731e67b5eff20ceb2df3c3c03b906f5693e2078450d874"],
                nonce: "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
                challenge: "41ad1a291aa02c80b0915fbfbb0c0afa15a57e2970067a602ddb9e8fd6b7100d",
                response: "e32e1ecff943a36f0b10e3dae6bd266cdeb8adf825d86ef27dbc6c0e30c52206",
            },
            Evaluation {
                inputs: &["5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"],
                blinds: &["64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706"],
                blinded: &["f0f0b209dd4d5f1844dac679acc7761b91a2e704879656cb7c201e82a99ab07d"],
                evaluated: &["8c3c9d064c334c6991e99f286ea2301d1bde170b54003fb9c44c6d7bd6fc1540"],
                nonce: "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
                challenge: "4c39992d55ffba38232cdac88fe583af8a85441fefd7d1d4a8d0394cd1de7701",
                response: "8bf135c174f20281b3341ab1f453fe72b0293a7398703384bed822bfdeec8908",
            },
            Evaluation {
                inputs: &["00", "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a"],
                blinds: &[
                    "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706",
                    "222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e",
                ],
                blinded: &[
                    "c8713aa89241d6989ac142f22dba30596db635c772cbf25021fdd8f3d461f715",
                    "423a01c072e06eb1cce96d23acce06e1ea64a609d7ec9e9023f3049f2d64e50c",
                ],
                evaluated: &[
                    "1a4b860d808ff19624731e67b5eff20ceb2df3c3c03b906f5693e2078450d874",
                    "aa1f16e903841036e38075da8a46655c94fc92341887eb5819f46312adfc0504",
                ],
                nonce: "419c4f4f5052c53c45f3da494d2b67b220d02118e0857cdbcf037f9ea84bbe0c",
                challenge: "43fdb53be399cbd3561186ae480320caa2b9f36cca0e5b160c4a677b8bbf4301",
                response: "b28f12c36aa8e11e5a7ef551da0781e863a6dc8c0b2bf5a149c9e00621f02006",
            },
        ],
    },
];

/// RFC 9497 appendix A.1.1 (OPRF): input, blind, blinded element.
pub(crate) const RFC_9497_BLINDED: [(&str, &str, &str); 2] = [
    (
        "00",
        "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706",
        "609a0ae68c15a3cf6903766461307e5c8bb2f95e7e6550e1ffa2dc99e412803c",
    ),
    (
        "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a",
        "64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706",
        "da27ef466870f5f15296299850aa088629945a17d1f5b7f5ff043f76b3c06418",
    ),
];
