//! Accounts: recovery, roles, branches, the first run, and what is another's.

use ramal_db::{Db, params};
use ramal_plataforma::{
    DatosSucursal, RolDado, avisos_de, codigo_de_instalacion, create_sucursal, usuario_por_correo,
};
use ramal_testkit::both_engines;

use crate::navegador::{Casa, FRASE, Navegador};

fn en_todas(rol: &str) -> Vec<RolDado> {
    vec![RolDado::everywhere(rol)]
}

async fn pedir(n: &mut Navegador, correo: &str) -> String {
    let vuelta = n.llenar("/recuperar", "/recuperar", &[("correo", correo)]).await;
    assert_eq!(vuelta.estado, 200);
    vuelta.texto
}

both_engines! {
    migraciones: [ramal_db::MIGRACIONES, ramal_web::MIGRACIONES, ramal_plataforma::MIGRACIONES];

    async fn a_recovery_link_serves_once_within_half_an_hour_and_tells_nobody_anything(db: Db) {
        let casa = Casa::new(db);
        let id = casa.jefa().await;
        let mut n = casa.navegador();
        let (si, no) = (pedir(&mut n, "rosa@norte.pe").await, pedir(&mut n, "x@norte.pe").await);
        let cuerpo = |t: &str| t.split("<main").nth(1).map(ToOwned::to_owned);
        assert_eq!(cuerpo(&si), cuerpo(&no));
        let enlace = |avisos: &[ramal_plataforma::avisador::AvisoLeido]| {
            avisos[0].texto.strip_prefix("http://localhost").unwrap().to_owned()
        };
        let viejo = enlace(&avisos_de(&casa.db, &casa.sello, id).await.unwrap());
        pedir(&mut n, "rosa@norte.pe").await;
        let ruta = enlace(&avisos_de(&casa.db, &casa.sello, id).await.unwrap());
        assert_eq!(n.get(&viejo).await.estado, 410, "a second link voids the first");
        assert_eq!(n.get(&ruta).await.estado, 200);
        assert_eq!(n.post(&ruta, &[("contrasena", "corta")]).await.estado, 422);
        let abierta = casa.dentro("rosa@norte.pe").await;
        let nueva = "un puente de piedra";
        n.get(&ruta).await;
        assert_eq!(n.post(&ruta, &[("contrasena", nueva)]).await.lugar(), "/entrar");
        assert_eq!(n.post(&ruta, &[("contrasena", nueva)]).await.estado, 410);
        assert!(!abierta.clone().is_dentro().await, "other sessions end");
        assert_eq!(casa.navegador().entrar("rosa@norte.pe", FRASE).await.estado, 422);
        assert_eq!(casa.navegador().entrar("rosa@norte.pe", nueva).await.estado, 303);
        pedir(&mut n, "rosa@norte.pe").await;
        let ruta = enlace(&avisos_de(&casa.db, &casa.sello, id).await.unwrap());
        casa.reloj.advance(30 * 60_000);
        assert_eq!(n.get(&ruta).await.estado, 410);
    }

    async fn the_first_administrator_is_made_once_with_the_code_of_the_server(db: Db) {
        let casa = Casa::new(db);
        let mut n = casa.navegador();
        assert_eq!(n.get("/entrar").await.lugar(), "/instalar");
        let codigo = codigo_de_instalacion(&casa.db, &casa.sello).await.unwrap().unwrap();
        let datos = [("nombre", "Rosa"), ("correo", "rosa@norte.pe"), ("contrasena", FRASE)];
        let con = |codigo: &str| {
            let mut campos = vec![("codigo".to_owned(), codigo.to_owned())];
            campos.extend(datos.map(|(n, v)| (n.to_owned(), v.to_owned())));
            campos
        };
        let enviar = async |n: &mut Navegador, campos: Vec<(String, String)>| {
            let prestados: Vec<(&str, &str)> =
                campos.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            n.post("/instalar", &prestados).await
        };
        n.get("/instalar").await;
        assert_eq!(enviar(&mut n, con("AAAA-AAAA-AAAA")).await.estado, 422);
        assert_eq!(casa.cuenta("SELECT COUNT(*) FROM usuarios").await, 0);
        let escrito = codigo.to_lowercase().replace('-', " ");
        assert_eq!(enviar(&mut n, con(&escrito)).await.estado, 303);
        assert_eq!(n.get("/admin/usuarios").await.estado, 200);
        assert_eq!(codigo_de_instalacion(&casa.db, &casa.sello).await.unwrap(), None);
        let mut otro = casa.navegador();
        assert_eq!(otro.get("/instalar").await.estado, 404);
        otro.get("/entrar").await;
        assert_eq!(enviar(&mut otro, con(&codigo)).await.estado, 404);
        assert_eq!(casa.cuenta("SELECT COUNT(*) FROM usuarios").await, 1);
    }

    async fn a_role_edited_counts_from_the_next_request(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        casa.alguien("luis@norte.pe", en_todas("consulta")).await;
        let mut el = casa.dentro("luis@norte.pe").await;
        assert_eq!(el.get("/admin/usuarios").await.estado, 403);
        let antes = el.token();
        let mut ella = casa.dentro("rosa@norte.pe").await;
        let campos = [
            ("nombre", "Consulta"),
            ("version", "1"),
            ("permisos", "clientes:leer"),
            ("permisos", "usuarios:leer"),
        ];
        let vuelta = ella.llenar("/admin/roles/consulta", "/admin/roles/consulta", &campos).await;
        assert_eq!(vuelta.estado, 303, "{}", vuelta.texto);
        assert_eq!(el.get("/admin/usuarios").await.estado, 200);
        assert_ne!(el.token(), antes, "a change of privilege rotates the token");
        let tarde = ella.llenar("/admin/roles/consulta", "/admin/roles/consulta", &campos).await;
        assert_eq!(tarde.estado, 409, "the version that was seen is old");
    }

    async fn the_last_administrator_stays(db: Db) {
        let casa = Casa::new(db);
        let rosa = casa.jefa().await;
        let mut ella = casa.dentro("rosa@norte.pe").await;
        let hoja = format!("/admin/usuarios/{rosa}");
        let suspender = format!("{hoja}/suspender");
        assert_eq!(ella.llenar(&hoja, &suspender, &[]).await.estado, 409);
        let version = casa.cuenta("SELECT version FROM usuarios").await.to_string();
        let campos = [("nombre", "Rosa"), ("version", version.as_str()), ("roles", "consulta")];
        let cambiar = format!("{hoja}/cambiar");
        assert_eq!(ella.llenar(&cambiar, &cambiar, &campos).await.estado, 409);
        let sin_todo = [("nombre", "Administrador"), ("version", "1"), ("permisos", "*:leer")];
        let rol = "/admin/roles/administrador";
        assert_eq!(ella.llenar(rol, rol, &sin_todo).await.estado, 422);
        assert_eq!(ella.get("/admin/usuarios").await.estado, 200);
        casa.alguien("luis@norte.pe", en_todas("administrador")).await;
        assert_eq!(ella.llenar(&hoja, &suspender, &[]).await.estado, 303);
    }

    async fn nobody_gives_what_he_lacks_nor_takes_over_who_has_more(db: Db) {
        let casa = Casa::new(db);
        let rosa = casa.jefa().await;
        let tx = casa.db.begin().await.unwrap();
        let sql = "UPDATE roles SET permisos = '[\"usuarios:*\",\"clientes:*\"]' \
            WHERE codigo = 'operador'";
        tx.exec(sql, params![]).await.unwrap();
        tx.commit().await.unwrap();
        let luis = casa.alguien("luis@norte.pe", en_todas("operador")).await;
        let mut el = casa.dentro("luis@norte.pe").await;
        let suya = format!("/admin/usuarios/{luis}/cambiar");
        let sube = [("nombre", "Luis"), ("version", "2"), ("roles", "administrador")];
        assert_eq!(el.llenar(&suya, &suya, &sube).await.estado, 403);
        let de_ella = format!("/admin/usuarios/{rosa}");
        for accion in ["enlace", "suspender", "sesiones", "codigo"] {
            let vuelta = el.llenar(&de_ella, &format!("{de_ella}/{accion}"), &[]).await;
            assert_eq!(vuelta.estado, 403, "{accion}");
        }
        let alta = [("nombre", "Ana"), ("correo", "ana@norte.pe"), ("roles", "administrador")];
        let vuelta = el.llenar("/admin/usuarios/alta", "/admin/usuarios/alta", &alta).await;
        assert_eq!(vuelta.estado, 403);
        assert!(usuario_por_correo(&casa.db, "ana@norte.pe").await.unwrap().is_none());
    }

    async fn sessions_keys_and_views_of_another_are_out_of_reach(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        casa.alguien("luis@norte.pe", en_todas("consulta")).await;
        let mut ella = casa.dentro("rosa@norte.pe").await;
        let campos = [("ruta", "/admin/usuarios"), ("nombre", "Mía"), ("consulta", "q=a")];
        let vuelta = ella.llenar("/perfil", "/vistas", &campos).await;
        assert_eq!(vuelta.lugar(), "/admin/usuarios?q=a");
        assert!(ella.get("/admin/usuarios").await.texto.contains("Mía"));
        let uuid = |sql: &'static str| {
            let db = casa.db.clone();
            async move {
                use ramal_db::Consulta;
                db.scalar::<uuid::Uuid>(sql, params![]).await.unwrap().unwrap()
            }
        };
        let sesion = uuid("SELECT id FROM sesiones").await;
        let vista = uuid("SELECT id FROM vistas_guardadas").await;
        let mut el = casa.dentro("luis@norte.pe").await;
        for ruta in [
            format!("/perfil/sesiones/{sesion}/cerrar"),
            format!("/vistas/{vista}/borrar"),
        ] {
            assert_eq!(el.llenar("/perfil", &ruta, &[]).await.estado, 404, "{ruta}");
        }
        for ruta in ["/admin/integraciones/claves", "/admin/auditoria", "/admin/auditoria.csv"] {
            assert_eq!(el.get(ruta).await.estado, 403, "{ruta}");
        }
        assert!(ella.is_dentro().await);
        let borrar = format!("/vistas/{vista}/borrar");
        assert_eq!(ella.post(&borrar, &[]).await.estado, 303);
    }

    async fn whoever_manages_a_branch_sees_its_people_alone(db: Db) {
        let casa = Casa::new(db);
        let rosa = casa.jefa().await;
        let tx = casa.db.begin().await.unwrap();
        let norte = DatosSucursal { nombre: "Norte".into(), zona: None };
        let norte = create_sucursal(&tx, &casa.cx, norte).await.unwrap().id;
        let sql = "UPDATE roles SET permisos = '[\"usuarios:leer\"]' WHERE codigo = 'consulta'";
        tx.exec(sql, params![]).await.unwrap();
        tx.commit().await.unwrap();
        let aqui = |rol: &str| vec![RolDado { rol: rol.into(), sucursal: Some(norte) }];
        casa.alguien("luis@norte.pe", aqui("consulta")).await;
        let ana = casa.alguien("ana@norte.pe", aqui("tecnico")).await;
        let mut el = casa.dentro("luis@norte.pe").await;
        let lista = el.get("/admin/usuarios").await.texto;
        assert!(lista.contains("ana@norte.pe") && !lista.contains("rosa@norte.pe"), "{lista}");
        assert_eq!(el.get(&format!("/admin/usuarios/{ana}")).await.estado, 200);
        assert_eq!(el.get(&format!("/admin/usuarios/{rosa}")).await.estado, 404);
    }

    async fn a_key_is_shown_once_and_a_second_send_makes_no_second_one(db: Db) {
        let casa = Casa::new(db);
        casa.jefa().await;
        let mut ella = casa.dentro("rosa@norte.pe").await;
        let alta = "/admin/integraciones/claves/alta";
        let pagina = ella.get(alta).await.texto;
        let idem = pagina.split("name=\"_idem\" value=\"").nth(1).unwrap();
        let idem = idem.split('"').next().unwrap().to_owned();
        let testigo = ella.testigo.clone();
        let campos = [("_idem", idem.as_str()), ("nombre", "panel"), ("permisos", "empresa:leer")];
        let creada = ella.post(alta, &campos).await;
        assert!(creada.estado == 201 && creada.texto.contains("rml_"), "{}", creada.texto);
        assert_eq!(creada.cabeceras["cache-control"], "no-store");
        ella.testigo = testigo;
        let otra = ella.post(alta, &campos).await;
        assert_eq!((otra.estado, otra.lugar()), (303, "/admin/integraciones/claves"));
        assert_eq!(casa.cuenta("SELECT COUNT(*) FROM claves_api").await, 1);
        let lista = ella.get("/admin/integraciones/claves").await.texto;
        assert!(lista.contains("panel") && !lista.contains("rml_"));
    }

    async fn the_predefined_roles_are_these(db: Db) {
        let roles = ramal_plataforma::roles(&db).await.unwrap();
        let foto: Vec<String> =
            roles.iter().map(|r| format!("{}: {}", r.codigo, r.permisos.join(" "))).collect();
        assert_eq!(foto, [
            "administrador: *",
            "operador: clientes:* contratos:* servicios:* importaciones:* catalogo:leer \
                facturacion:leer facturacion:ejecutar facturas:leer facturas:emitir \
                comprobantes:leer comprobantes:reintentar certificados:leer tablero:leer \
                empresa:leer emisores:leer sucursales:leer pagos:leer cobros:leer cobranza:leer \
                promesas:leer conciliacion:leer comprobantes_pago:leer mensajes:leer \
                servicios:pausar",
            "cobranzas: facturas:* comprobantes:* pagos:* promesas:* facturacion:leer \
                facturacion:ejecutar clientes:leer clientes:editar contratos:leer servicios:leer \
                servicios:suspender catalogo:leer certificados:leer empresa:leer emisores:leer \
                cobros:leer cobros:crear cobros:devolver cobros:resolver conciliacion:* \
                comprobantes_pago:* cobranza:leer cobranza:avisar cobranza:aprobar \
                cobranza:ejecutar cobranza:eximir servicios:pausar mensajes:leer \
                mensajes:enviar",
            "soporte: tickets:* clientes:leer clientes:editar contratos:leer servicios:leer \
                facturas:leer comprobantes:leer catalogo:leer routers:leer pagos:leer cobros:leer \
                cobros:crear cobranza:leer promesas:leer promesas:registrar \
                comprobantes_pago:leer comprobantes_pago:cargar mensajes:leer",
            "agente: tickets:leer tickets:responder clientes:leer servicios:leer pagos:leer \
                cobranza:leer promesas:leer",
            "tecnico: trabajos:* routers:* clientes:leer servicios:leer",
            "consulta: clientes:leer contratos:leer servicios:leer catalogo:leer \
                facturacion:leer facturas:leer comprobantes:leer importaciones:leer \
                empresa:leer emisores:leer pagos:leer cobros:leer conciliacion:leer \
                comprobantes_pago:leer cobranza:leer promesas:leer mensajes:leer",
            "cliente: portal:usar",
        ]);
    }
}
